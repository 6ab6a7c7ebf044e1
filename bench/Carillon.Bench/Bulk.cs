using System.Text;

namespace Carillon.Bench;

/// <summary>All users and all memberships in one bulk request, then the same again: everything is there already.</summary>
internal static class Bulk
{
    public static async Task Run(BenchOptions options)
    {
        await using var server = await MeasuredServer.Start(options);
        var (app, host, channel, _) = await server.SetUp();
        var both = new StringBuilder();
        for (var i = 0; i < options.Users; i++)
        {
            both.Append(
                $$$"""{"Reference":"u{{{i}}}","Operation":"CreateAppInstanceUser","Request":{"AppInstanceArn":"{{{app}}}","AppInstanceUserId":"fan-{{{i}}}","Name":"Fan {{{i}}}","ClientRequestToken":"user-{{{i}}}"}}""").Append('\n');
            both.Append(
                $$$"""{"Reference":"m{{{i}}}","Operation":"CreateChannelMembership","Request":{"ChannelArn":"{{{channel}}}","MemberArn":"{{{app}}}/user/fan-{{{i}}}","Type":"DEFAULT","ChimeBearer":"{{{host}}}"}}""").Append('\n');
        }

        var body = Encoding.UTF8.GetBytes(both.ToString());
        await server.Measure("bulk, users and memberships", options.Users * 2, () => Send(server, body, options.Users * 2, 0));

        // A user's token answers again, a membership is a conflict.
        await server.Measure("bulk, the same again", options.Users * 2, () => Send(server, body, options.Users, options.Users));
    }

    private static async Task Send(MeasuredServer server, byte[] body, int succeeded, int failed)
    {
        using var request = server.Request("POST", "/carillon/bulk", null, body, declare: true);
        using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        string? last = null;
        while (await lines.ReadLineAsync() is { } line)
        {
            last = line;
        }

        if (last?.StartsWith($$$"""{"Finished":{"Succeeded":{{{succeeded}}},"Failed":{{{failed}}},""", StringComparison.Ordinal) != true)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode}: {last}");
        }
    }
}
