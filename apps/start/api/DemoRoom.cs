using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Carillon.Kit;

namespace Carillon.Start;

/// <summary>
/// The sample chat: one app instance, two people, one channel and one role, made over the public API and found again
/// after a restart. Whoever asks gets an hour as one of the two, and nothing else.
/// </summary>
internal sealed class DemoRoom(Func<PlatformClient> platform, string account) : IDisposable
{
    public const string AppInstanceName = "Carillon demo";
    public const string RoleName = "CarillonDemo";
    private const string channelId = "first-light";
    private const string channelName = "First light";
    private static readonly TimeSpan life = TimeSpan.FromHours(1);

    // Only what the page does; the channel's own rules decide the rest.
    private static readonly string[] personActions =
    [
        "chime:Connect", "chime:ListChannelMessages", "chime:SendChannelMessage", "chime:UpdateChannelMessage",
        "chime:RedactChannelMessage",
    ];

    private static readonly Dictionary<string, string> people = new() { ["ada"] = "Ada", ["ben"] = "Ben" };

    private readonly SemaphoreSlim making = new(1, 1);
    private Made? made;

    private sealed record Made(string AppInstanceArn, string ChannelArn);

    /// <param name="person"><c>ada</c> or <c>ben</c>; anything else yields null.</param>
    /// <exception cref="PlatformException">The platform refused.</exception>
    public async Task<DemoPass?> PassForAsync(string? person, CancellationToken cancel)
    {
        if (person is null || !people.ContainsKey(person)) return null;
        var client = platform();
        if (Volatile.Read(ref made) is { } known && !await StillThereAsync(client, known, person, cancel)) Forget();
        var room = await MadeAsync(client, cancel);
        try
        {
            return await AssumeAsync(client, room, person, cancel);
        }
        catch (PlatformException refused) when (refused.Code is "AccessDenied" or "NoSuchEntity")
        {
            // The role was removed since: make everything anew, once.
            Interlocked.CompareExchange(ref made, null, room);
            return await AssumeAsync(client, await MadeAsync(client, cancel), person, cancel);
        }
    }

    /// <summary>Forgets what was found, so that the next pass looks again.</summary>
    public void Forget() => Volatile.Write(ref made, null);

    public void Dispose() => making.Dispose();

    // The operator may have deleted any of it since.
    private static async Task<bool> StillThereAsync(
        PlatformClient client, Made room, string person, CancellationToken cancel)
    {
        try
        {
            var bearer = $"{room.AppInstanceArn}/user/{person}";
            await client.ChimeAsync(
                HttpMethod.Get, $"/channels/{Uri.EscapeDataString(room.ChannelArn)}", null, bearer, cancel);
            return true;
        }
        catch (PlatformException refused) when ((int)refused.Status is >= 400 and < 500)
        {
            return false;
        }
    }

    private async Task<Made> MadeAsync(PlatformClient client, CancellationToken cancel)
    {
        if (Volatile.Read(ref made) is { } known) return known;
        await making.WaitAsync(cancel);
        try
        {
            if (made is not null) return made;
            var app = await FindAppInstanceAsync(client, cancel) ?? await CreateAppInstanceAsync(client, cancel);
            foreach (var (id, name) in people) await CreateUserAsync(client, app, id, name, cancel);
            var channel = await CreateChannelAsync(client, app, cancel);
            await CreateRoleAsync(client, app, cancel);
            return made = new Made(app, channel);
        }
        finally
        {
            making.Release();
        }
    }

    // Of several with our name (two programs started at once on one data folder) all agree on the first by ARN.
    private static async Task<string?> FindAppInstanceAsync(PlatformClient client, CancellationToken cancel)
    {
        var found = new List<string>();
        string? next = null;
        do
        {
            var query = next is null ? "" : $"&next-token={Uri.EscapeDataString(next)}";
            var page = await client.ChimeAsync(HttpMethod.Get, $"/app-instances?max-results=50{query}", null, null, cancel);
            foreach (var app in page.GetProperty("AppInstances").EnumerateArray())
                if (app.Text("Name") == AppInstanceName && app.Text("AppInstanceArn") is { } arn)
                    found.Add(arn);
            next = page.Text("NextToken") is { Length: > 0 } token ? token : null;
        } while (next is not null);
        return found.Order(StringComparer.Ordinal).FirstOrDefault();
    }

    private static async Task<string> CreateAppInstanceAsync(PlatformClient client, CancellationToken cancel)
    {
        var body = new JsonObject { ["Name"] = AppInstanceName, ["ClientRequestToken"] = Token() };
        var answer = await client.ChimeAsync(HttpMethod.Post, "/app-instances", body, null, cancel);
        return answer.GetProperty("AppInstanceArn").GetString()!;
    }

    private static Task CreateUserAsync(
        PlatformClient client, string app, string id, string name, CancellationToken cancel) =>
        UnlessThereAsync(() => client.ChimeAsync(HttpMethod.Post, "/app-instance-users", new JsonObject
        {
            ["AppInstanceArn"] = app,
            ["AppInstanceUserId"] = id,
            ["Name"] = name,
            ["ClientRequestToken"] = Token(),
        }, null, cancel));

    private static async Task<string> CreateChannelAsync(PlatformClient client, string app, CancellationToken cancel)
    {
        var (ada, channel) = ($"{app}/user/ada", $"{app}/channel/{channelId}");
        await UnlessThereAsync(() => client.ChimeAsync(HttpMethod.Post, "/channels", new JsonObject
        {
            ["AppInstanceArn"] = app,
            ["ChannelId"] = channelId,
            ["Name"] = channelName,
            ["Mode"] = "RESTRICTED",
            ["Privacy"] = "PRIVATE",
            ["ClientRequestToken"] = Token(),
        }, ada, cancel));
        await UnlessThereAsync(() => client.ChimeAsync(
            HttpMethod.Post, $"/channels/{Uri.EscapeDataString(channel)}/memberships",
            new JsonObject { ["MemberArn"] = $"{app}/user/ben", ["Type"] = "DEFAULT" }, ada, cancel));
        return channel;
    }

    private async Task CreateRoleAsync(PlatformClient client, string app, CancellationToken cancel)
    {
        await UnlessThereAsync(() => client.IamAsync("CreateRole", new Dictionary<string, string>
        {
            ["RoleName"] = RoleName,
            ["AssumeRolePolicyDocument"] = TrustPolicy(account).ToJsonString(),
            ["Description"] = "One of the two people of the start page's sample chat",
        }, cancel));
        await client.IamAsync("PutRolePolicy", new Dictionary<string, string>
        {
            ["RoleName"] = RoleName,
            ["PolicyName"] = "SampleChat",
            ["PolicyDocument"] = PersonPolicy(app).ToJsonString(),
        }, cancel);
    }

    private async Task<DemoPass> AssumeAsync(PlatformClient client, Made room, string person, CancellationToken cancel)
    {
        var answer = await client.StsAsync("AssumeRole", new Dictionary<string, string>
        {
            ["RoleArn"] = $"arn:aws:iam::{account}:role/{RoleName}",
            ["RoleSessionName"] = person,
            ["DurationSeconds"] = ((int)life.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            ["Tags.member.1.Key"] = "UserId",
            ["Tags.member.1.Value"] = person,
        }, cancel);
        return new DemoPass(
            new DemoCredentials(Must(answer, "AccessKeyId"), Must(answer, "SecretAccessKey"), Must(answer, "SessionToken")),
            room.AppInstanceArn, $"{room.AppInstanceArn}/user/{person}", room.ChannelArn,
            DateTimeOffset.Parse(Must(answer, "Expiration"), CultureInfo.InvariantCulture));
    }

    /// <summary>The session's tag names the one person it may be.</summary>
    internal static JsonObject PersonPolicy(string app) => new()
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray(
            new JsonObject
            {
                ["Effect"] = "Allow",
                ["Action"] = "chime:GetMessagingSessionEndpoint",
                ["Resource"] = "*",
            },
            new JsonObject
            {
                ["Effect"] = "Allow",
                ["Action"] = new JsonArray([.. personActions.Select(a => JsonValue.Create(a))]),
                ["Resource"] = new JsonArray($"{app}/user/${{aws:PrincipalTag/UserId}}", $"{app}/channel/*"),
            }),
    };

    internal static JsonObject TrustPolicy(string account) => new()
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray(new JsonObject
        {
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["AWS"] = $"arn:aws:iam::{account}:root" },
            ["Action"] = new JsonArray("sts:AssumeRole", "sts:TagSession"),
        }),
    };

    private static async Task UnlessThereAsync<T>(Func<Task<T>> create)
    {
        try
        {
            await create();
        }
        catch (PlatformException refused) when (refused.Code is "ConflictException" or "EntityAlreadyExists")
        {
            // Made by an earlier start, which is the point.
        }
    }

    private static string Must(XElement answer, string name) =>
        answer.Text(name) ?? throw new PlatformException(System.Net.HttpStatusCode.OK, "NotAnAnswer", $"no {name}");

    private static string Token() => Guid.NewGuid().ToString();
}

/// <summary>An hour as one of the two people.</summary>
internal sealed record DemoPass(
    DemoCredentials Credentials, string AppInstanceArn, string UserArn, string ChannelArn, DateTimeOffset Expiration);
