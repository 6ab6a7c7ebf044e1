using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Carillon.Events.Core.Provisioning;
using Carillon.Kit;

namespace Carillon.Events.Provisioner.Stage;

/// <summary>
/// What is made once for a show. Each call may be repeated: what is there already is found, not made again. Each waits
/// for its time.
/// </summary>
internal sealed class StageCalls(PlatformClient client, Turnstile gate, CancellationToken cancel)
{
    public const string AdminId = "admin";
    public const string ChannelId = "show";
    private const string policyName = "Event";

    /// <returns>Its ARN; null where there is none of that name.</returns>
    public Task<string?> FindAppInstanceAsync(string name) =>
        FindAsync("/app-instances?max-results=50", "AppInstances", "AppInstanceArn", name);

    /// <summary>Found by its name first: a token holds for a day only, and a second one would be lost.</summary>
    public async Task<string> AppInstanceAsync(string name) =>
        await FindAppInstanceAsync(name)
        ?? (await ChimeAsync(
            HttpMethod.Post, "/app-instances", new JsonObject { ["Name"] = name, ["ClientRequestToken"] = name }, null))
            .GetProperty("AppInstanceArn").GetString()!;

    public async Task<string> UserAsync(string app, string id, string name)
    {
        await UnlessThereAsync(ChimeAsync(
            HttpMethod.Post, "/app-instance-users",
            new JsonObject
            {
                ["AppInstanceArn"] = app,
                ["AppInstanceUserId"] = id,
                ["Name"] = name,
                ["ClientRequestToken"] = Token(),
            },
            null, PacedClasses.Users));
        return $"{app}/user/{id}";
    }

    public Task AdminAsync(string app, string user) => UnlessThereAsync(ChimeAsync(
        HttpMethod.Post, $"/app-instances/{Escape(app)}/admins", new JsonObject { ["AppInstanceAdminArn"] = user }, null));

    /// <returns>Its ARN.</returns>
    public async Task<string> RoleAsync(string account, string name, JsonObject trust, JsonObject policy)
    {
        await UnlessThereAsync(IamAsync("CreateRole", new Dictionary<string, string>
        {
            ["RoleName"] = name,
            ["AssumeRolePolicyDocument"] = trust.ToJsonString(),
            ["Description"] = "Audience of a live event",
        }));
        await IamAsync("PutRolePolicy", new Dictionary<string, string>
        {
            ["RoleName"] = name,
            ["PolicyName"] = policyName,
            ["PolicyDocument"] = policy.ToJsonString(),
        });
        return $"arn:aws:iam::{account}:role/{name}";
    }

    /// <summary>Whoever took it on may do nothing any more.</summary>
    public Task MuteRoleAsync(string name) => UnlessGoneAsync(IamAsync(
        "DeleteRolePolicy", new Dictionary<string, string> { ["RoleName"] = name, ["PolicyName"] = policyName }));

    public async Task DeleteRoleAsync(string name)
    {
        await MuteRoleAsync(name);
        await UnlessGoneAsync(IamAsync("DeleteRole", new Dictionary<string, string> { ["RoleName"] = name }));
    }

    /// <summary>Encrypted, of two shards, as messaging wants it.</summary>
    /// <returns>Its ARN; null while it is not ready: ask again.</returns>
    public async Task<string?> StreamAsync(string name)
    {
        // Where everything is done at once there is nothing to wait for between the steps.
        if (await SummaryAsync(name) is null)
        {
            await UnlessThereAsync(KinesisAsync(
                "CreateStream", new JsonObject { ["StreamName"] = name, ["ShardCount"] = 2 }));
        }

        var summary = await SummaryAsync(name);
        if (summary?.Text("StreamStatus") == "ACTIVE" && summary.Value.Text("EncryptionType") != "KMS")
        {
            await KinesisAsync(
                "StartStreamEncryption",
                new JsonObject { ["StreamName"] = name, ["EncryptionType"] = "KMS", ["KeyId"] = "alias/aws/kinesis" });
            summary = await SummaryAsync(name);
        }

        return summary is { } made && made.Text("StreamStatus") == "ACTIVE" && made.Text("EncryptionType") == "KMS"
            ? made.Text("StreamARN") : null;
    }

    /// <summary>Null where there is none.</summary>
    private async Task<JsonElement?> SummaryAsync(string name)
    {
        try
        {
            return (await KinesisAsync("DescribeStreamSummary", new JsonObject { ["StreamName"] = name }))
                .GetProperty("StreamDescriptionSummary");
        }
        catch (PlatformException refusal) when (refusal.Code == "ResourceNotFoundException")
        {
            return null;
        }
    }

    public Task DeleteStreamAsync(string name) => UnlessGoneAsync(KinesisAsync(
        "DeleteStream", new JsonObject { ["StreamName"] = name }));

    public Task StreamingAsync(string app, string stream) => ChimeAsync(
        HttpMethod.Put, $"/app-instances/{Escape(app)}/streaming-configurations",
        new JsonObject
        {
            ["StreamingConfigurations"] = new JsonArray(
                new JsonObject { ["DataType"] = "ChannelMessage", ["ResourceArn"] = stream },
                new JsonObject { ["DataType"] = "Channel", ["ResourceArn"] = stream }),
        },
        null);

    public Task EndStreamingAsync(string app) => UnlessGoneAsync(ChimeAsync(
        HttpMethod.Delete, $"/app-instances/{Escape(app)}/streaming-configurations", null, null));

    /// <returns>Its ARN; null where there is none of that name, or the app instance is gone.</returns>
    public async Task<string?> FindFlowAsync(string app, string name)
    {
        try
        {
            return await FindAsync(
                $"/channel-flows?app-instance-arn={Escape(app)}&max-results=50", "ChannelFlows", "ChannelFlowArn", name);
        }
        catch (PlatformException refusal) when (IsGone(refusal))
        {
            return null;
        }
    }

    /// <param name="function">The ARN of the function that stands for the processor.</param>
    public async Task<string> FlowAsync(string app, string name, string function) =>
        await FindFlowAsync(app, name)
        ?? (await ChimeAsync(
            HttpMethod.Post, "/channel-flows",
            new JsonObject
            {
                ["AppInstanceArn"] = app,
                ["Name"] = name,
                ["ClientRequestToken"] = name,
                ["Processors"] = new JsonArray(new JsonObject
                {
                    ["Name"] = "rules",
                    ["ExecutionOrder"] = 1,
                    // What the rules cannot look at is not said.
                    ["FallbackAction"] = "ABORT",
                    ["Configuration"] = new JsonObject
                    {
                        ["Lambda"] = new JsonObject { ["ResourceArn"] = function, ["InvocationType"] = "ASYNC" },
                    },
                }),
            },
            null)).GetProperty("ChannelFlowArn").GetString()!;

    public Task DeleteFlowAsync(string flow) => UnlessGoneAsync(ChimeAsync(
        HttpMethod.Delete, $"/channel-flows/{Escape(flow)}", null, null));

    /// <param name="elastic">Null for a plain channel.</param>
    public async Task<string> ChannelAsync(string app, string admin, string name, JsonObject? elastic)
    {
        var body = new JsonObject
        {
            ["AppInstanceArn"] = app,
            ["ChannelId"] = ChannelId,
            ["Name"] = name,
            ["Mode"] = "RESTRICTED",
            ["Privacy"] = "PRIVATE",
            ["ClientRequestToken"] = Token(),
        };
        if (elastic is not null) body["ElasticChannelConfiguration"] = elastic;
        await UnlessThereAsync(ChimeAsync(HttpMethod.Post, "/channels", body, admin));
        return $"{app}/channel/{ChannelId}";
    }

    public Task AssociateAsync(string channel, string flow, string admin) => UnlessThereAsync(ChimeAsync(
        HttpMethod.Put, $"/channels/{Escape(channel)}/channel-flow", new JsonObject { ["ChannelFlowArn"] = flow }, admin));

    public Task DeleteChannelAsync(string channel, string admin) => UnlessGoneAsync(ChimeAsync(
        HttpMethod.Delete, $"/channels/{Escape(channel)}", null, admin));

    public Task ModeratorAsync(string channel, string user, string admin) => UnlessThereAsync(ChimeAsync(
        HttpMethod.Post, $"/channels/{Escape(channel)}/moderators", new JsonObject { ["ChannelModeratorArn"] = user }, admin));

    /// <param name="part">Of an elastic channel; null for a plain one.</param>
    public Task MemberAsync(string channel, string user, string admin, string? part)
    {
        var body = new JsonObject { ["MemberArn"] = user, ["Type"] = "DEFAULT" };
        if (part is not null) body["SubChannelId"] = part;
        return UnlessThereAsync(ChimeAsync(
            HttpMethod.Post, $"/channels/{Escape(channel)}/memberships", body, admin));
    }

    public async Task<IReadOnlyList<string>> PartsAsync(string channel, string admin)
    {
        var parts = new List<string>();
        await foreach (var part in PagesAsync($"/channels/{Escape(channel)}/subchannels?max-results=50", "SubChannels", admin))
            if (part.Text("SubChannelId") is { } id)
                parts.Add(id);
        return parts;
    }

    public Task DeleteUserAsync(string user) => UnlessGoneAsync(ChimeAsync(
        HttpMethod.Delete, $"/app-instance-users/{Escape(user)}", null, null, PacedClasses.Users));

    public Task EndAdminAsync(string app, string user) => UnlessGoneAsync(ChimeAsync(
        HttpMethod.Delete, $"/app-instances/{Escape(app)}/admins/{Escape(user)}", null, null));

    public Task DeleteAppInstanceAsync(string app) => UnlessGoneAsync(ChimeAsync(
        HttpMethod.Delete, $"/app-instances/{Escape(app)}", null, null));

    /// <summary>The first users of the app instance, fifty at most; none where it is gone.</summary>
    public async Task<IReadOnlyList<string>> SomeUsersAsync(string app)
    {
        try
        {
            var page = await ChimeAsync(
                HttpMethod.Get, $"/app-instance-users?app-instance-arn={Escape(app)}&max-results=50", null, null);
            return [.. page.GetProperty("AppInstanceUsers").EnumerateArray().Select(u => u.Text("AppInstanceUserArn")).OfType<string>()];
        }
        catch (PlatformException refusal) when (IsGone(refusal))
        {
            return [];
        }
    }

    /// <summary>Messages that the channel holds, without those that were deleted.</summary>
    /// <returns>Count is null where the endpoint does not count; both are where there is no such channel.</returns>
    public async Task<(bool IsThere, long? Count)> MessageCountAsync(string channel, string admin)
    {
        try
        {
            var answer = await ChimeAsync(HttpMethod.Get, $"/channels/{Escape(channel)}", null, admin);
            return (true, answer.TryGetProperty("x-carillon", out var more) && more.TryGetProperty("MessageCount", out var count)
                ? count.GetInt64() : null);
        }
        catch (PlatformException refusal) when (IsGone(refusal))
        {
            return (false, null);
        }
    }

    /// <summary>The messages of a channel, or of a part of it, fifty a call.</summary>
    /// <param name="next">Done before each call.</param>
    public async IAsyncEnumerable<JsonElement> MessagesAsync(string channel, string admin, string? part, Func<Task> next)
    {
        string? token = null;
        do
        {
            await next();
            var query = (part is null ? "" : $"&sub-channel-id={Escape(part)}") + (token is null ? "" : $"&next-token={Escape(token)}");
            var page = await ChimeAsync(HttpMethod.Get, $"/channels/{Escape(channel)}/messages?max-results=50{query}", null, admin);
            foreach (var message in page.GetProperty("ChannelMessages").EnumerateArray()) yield return message;
            token = NextOf(page);
        } while (token is not null);
    }

    private Task<JsonElement> ChimeAsync(
        HttpMethod method, string path, JsonObject? body, string? bearer, string pacedClass = PacedClasses.Others) =>
        PacedAsync(pacedClass, () => client.ChimeAsync(method, path, body, bearer, cancel));

    private Task<XElement> IamAsync(string action, IReadOnlyDictionary<string, string> parameters) =>
        PacedAsync(PacedClasses.Others, () => client.IamAsync(action, parameters, cancel));

    private Task<JsonElement> KinesisAsync(string operation, JsonObject request) =>
        PacedAsync(PacedClasses.Others, () => client.KinesisAsync(operation, request, cancel));

    private async Task<T> PacedAsync<T>(string pacedClass, Func<Task<T>> call)
    {
        await gate.PassAsync(pacedClass, cancel);
        try
        {
            return await call();
        }
        catch (PlatformException refusal) when (refusal.IsThrottled)
        {
            await gate.RefusedAsync(pacedClass, refusal.RetryAfter);
            throw;
        }
    }

    private async Task<string?> FindAsync(string path, string list, string arn, string name)
    {
        await foreach (var item in PagesAsync(path, list, null))
            if (item.Text("Name") == name && item.Text(arn) is { } found)
                return found;
        return null;
    }

    private async IAsyncEnumerable<JsonElement> PagesAsync(string path, string list, string? bearer)
    {
        string? next = null;
        do
        {
            var page = await ChimeAsync(
                HttpMethod.Get, next is null ? path : $"{path}&next-token={Escape(next)}", null, bearer);
            foreach (var item in page.GetProperty(list).EnumerateArray()) yield return item;
            next = NextOf(page);
        } while (next is not null);
    }

    private static string? NextOf(JsonElement page) => page.Text("NextToken") is { Length: > 0 } token ? token : null;

    private static async Task UnlessThereAsync<T>(Task<T> making)
    {
        try
        {
            await making;
        }
        catch (PlatformException refused) when (
            refused.Code is "ConflictException" or "EntityAlreadyExists" or "ResourceInUseException")
        {
            // Made before; the names are ours.
        }
    }

    private static async Task UnlessGoneAsync<T>(Task<T> removing)
    {
        try
        {
            await removing;
        }
        catch (PlatformException refused) when (IsGone(refused))
        {
            // Removed before. Chime refuses what is absent as it refuses what is forbidden; the last step looks for itself.
        }
    }

    private static bool IsGone(PlatformException refused) =>
        refused.Code is "NotFoundException" or "ForbiddenException" or "NoSuchEntity" or "ResourceNotFoundException";

    private static string Escape(string arn) => Uri.EscapeDataString(arn);

    private static string Token() => Guid.NewGuid().ToString();
}
