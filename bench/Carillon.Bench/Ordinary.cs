using System.Text;

namespace Carillon.Bench;

/// <summary>The ordinary API, as many requests at a time as there are connections, each signed.</summary>
internal static class Ordinary
{
    public static async Task Run(BenchOptions options)
    {
        await using var server = await MeasuredServer.Start(options);
        var (app, host, channel, sub) = await server.SetUp();
        var memberships = $"/channels/{Uri.EscapeDataString(channel)}/memberships";

        // The first requests pay for compilation.
        await Each(options, 2_000, i => Post(server, "/app-instance-users", null,
            $$"""{"AppInstanceArn":"{{app}}","AppInstanceUserId":"warm-{{i}}","Name":"Warm","ClientRequestToken":"warm-{{i}}"}"""));
        await server.Measure("CreateAppInstanceUser", options.Users, () => Each(options, options.Users, i => Post(
            server, "/app-instance-users", null,
            $$"""{"AppInstanceArn":"{{app}}","AppInstanceUserId":"fan-{{i}}","Name":"Fan {{i}}","ClientRequestToken":"user-{{i}}"}""")));
        await server.Measure("CreateChannelMembership", options.Users, () => Each(options, options.Users, i => Post(
            server, memberships, host, $$"""{"MemberArn":"{{app}}/user/fan-{{i}}","Type":"DEFAULT"}""")));
        await server.Measure("SendChannelMessage", options.Users, () => Each(options, options.Users, i => Post(
            server, $"/channels/{Uri.EscapeDataString(channel)}/messages", host,
            $$"""{"Content":"hello {{i}}","Type":"STANDARD","Persistence":"PERSISTENT","SubChannelId":"{{sub}}","ClientRequestToken":"send-{{i}}"}""")));
    }

    private static async Task Each(BenchOptions options, int count, Func<int, Task> run)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, options.Connections).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var i && i < count)
            {
                await run(i);
            }
        }));
    }

    private static async Task Post(MeasuredServer server, string target, string? bearer, string body)
    {
        using var request = server.Request("POST", target, bearer, Encoding.UTF8.GetBytes(body));
        using var response = await server.Http.SendAsync(request);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }
}
