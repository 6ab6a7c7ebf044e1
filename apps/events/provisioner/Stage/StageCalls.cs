using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Kit;

namespace Carillon.Events.Provisioner.Stage;

/// <summary>What is made once for a show. Each call may be repeated: what is there already is found, not made again.</summary>
internal sealed class StageCalls(PlatformClient client, CancellationToken cancel)
{
    public const string AdminId = "admin";
    public const string ChannelId = "show";

    /// <summary>Found by its name first: a token holds for a day only, and a second one would be lost.</summary>
    public async Task<string> AppInstanceAsync(string name) =>
        await FindAsync("/app-instances?max-results=50", "AppInstances", "AppInstanceArn", name)
        ?? (await client.ChimeAsync(
            HttpMethod.Post, "/app-instances", new JsonObject { ["Name"] = name, ["ClientRequestToken"] = name }, null, cancel))
            .GetProperty("AppInstanceArn").GetString()!;

    public async Task<string> UserAsync(string app, string id, string name)
    {
        await UnlessThereAsync(client.ChimeAsync(
            HttpMethod.Post, "/app-instance-users",
            new JsonObject
            {
                ["AppInstanceArn"] = app, ["AppInstanceUserId"] = id, ["Name"] = name, ["ClientRequestToken"] = Token(),
            },
            null, cancel));
        return $"{app}/user/{id}";
    }

    public Task AdminAsync(string app, string user) => UnlessThereAsync(client.ChimeAsync(
        HttpMethod.Post, $"/app-instances/{Escape(app)}/admins", new JsonObject { ["AppInstanceAdminArn"] = user }, null, cancel));

    /// <returns>Its ARN.</returns>
    public async Task<string> RoleAsync(string account, string name, JsonObject trust, JsonObject policy)
    {
        await UnlessThereAsync(client.IamAsync("CreateRole", new Dictionary<string, string>
        {
            ["RoleName"] = name, ["AssumeRolePolicyDocument"] = trust.ToJsonString(), ["Description"] = "Audience of a live event",
        }, cancel));
        await client.IamAsync("PutRolePolicy", new Dictionary<string, string>
        {
            ["RoleName"] = name, ["PolicyName"] = policyName, ["PolicyDocument"] = policy.ToJsonString(),
        }, cancel);
        return $"arn:aws:iam::{account}:role/{name}";
    }

    /// <summary>Whoever took it on may do nothing any more.</summary>
    public Task MuteRoleAsync(string name) => UnlessGoneAsync(client.IamAsync(
        "DeleteRolePolicy", new Dictionary<string, string> { ["RoleName"] = name, ["PolicyName"] = policyName }, cancel));

    public async Task DeleteRoleAsync(string name)
    {
        await MuteRoleAsync(name);
        await UnlessGoneAsync(client.IamAsync("DeleteRole", new Dictionary<string, string> { ["RoleName"] = name }, cancel));
    }

    /// <summary>Encrypted, of two shards, as messaging wants it.</summary>
    /// <returns>Its ARN; null while it is not ready: ask again.</returns>
    public async Task<string?> StreamAsync(string name)
    {
        // Where everything is done at once there is nothing to wait for between the steps.
        if (await SummaryAsync(name) is null)
        {
            await UnlessThereAsync(client.KinesisAsync(
                "CreateStream", new JsonObject { ["StreamName"] = name, ["ShardCount"] = 2 }, cancel));
        }

        var summary = await SummaryAsync(name);
        if (summary?.Text("StreamStatus") == "ACTIVE" && summary.Value.Text("EncryptionType") != "KMS")
        {
            await client.KinesisAsync(
                "StartStreamEncryption",
                new JsonObject { ["StreamName"] = name, ["EncryptionType"] = "KMS", ["KeyId"] = "alias/aws/kinesis" }, cancel);
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
            return (await client.KinesisAsync("DescribeStreamSummary", new JsonObject { ["StreamName"] = name }, cancel))
                .GetProperty("StreamDescriptionSummary");
        }
        catch (PlatformException refusal) when (refusal.Code == "ResourceNotFoundException")
        {
            return null;
        }
    }

    public Task DeleteStreamAsync(string name) => UnlessGoneAsync(client.KinesisAsync(
        "DeleteStream", new JsonObject { ["StreamName"] = name }, cancel));

    public Task StreamingAsync(string app, string stream) => client.ChimeAsync(
        HttpMethod.Put, $"/app-instances/{Escape(app)}/streaming-configurations",
        new JsonObject
        {
            ["StreamingConfigurations"] = new JsonArray(
                new JsonObject { ["DataType"] = "ChannelMessage", ["ResourceArn"] = stream },
                new JsonObject { ["DataType"] = "Channel", ["ResourceArn"] = stream }),
        },
        null, cancel);

    public Task EndStreamingAsync(string app) => UnlessGoneAsync(client.ChimeAsync(
        HttpMethod.Delete, $"/app-instances/{Escape(app)}/streaming-configurations", null, null, cancel));

    /// <param name="function">The ARN of the function that stands for the processor.</param>
    public async Task<string> FlowAsync(string app, string name, string function) =>
        await FindAsync($"/channel-flows?app-instance-arn={Escape(app)}&max-results=50", "ChannelFlows", "ChannelFlowArn", name)
        ?? (await client.ChimeAsync(
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
            null, cancel)).GetProperty("ChannelFlowArn").GetString()!;

    public Task DeleteFlowAsync(string flow) => UnlessGoneAsync(client.ChimeAsync(
        HttpMethod.Delete, $"/channel-flows/{Escape(flow)}", null, null, cancel));

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
        await UnlessThereAsync(client.ChimeAsync(HttpMethod.Post, "/channels", body, admin, cancel));
        return $"{app}/channel/{ChannelId}";
    }

    public Task AssociateAsync(string channel, string flow, string admin) => UnlessThereAsync(client.ChimeAsync(
        HttpMethod.Put, $"/channels/{Escape(channel)}/channel-flow", new JsonObject { ["ChannelFlowArn"] = flow }, admin, cancel));

    public Task DeleteChannelAsync(string channel, string admin) => UnlessGoneAsync(client.ChimeAsync(
        HttpMethod.Delete, $"/channels/{Escape(channel)}", null, admin, cancel));

    public Task ModeratorAsync(string channel, string user, string admin) => UnlessThereAsync(client.ChimeAsync(
        HttpMethod.Post, $"/channels/{Escape(channel)}/moderators", new JsonObject { ["ChannelModeratorArn"] = user }, admin, cancel));

    /// <param name="part">Of an elastic channel; null for a plain one.</param>
    public Task MemberAsync(string channel, string user, string admin, string? part)
    {
        var body = new JsonObject { ["MemberArn"] = user, ["Type"] = "DEFAULT" };
        if (part is not null) body["SubChannelId"] = part;
        return UnlessThereAsync(client.ChimeAsync(
            HttpMethod.Post, $"/channels/{Escape(channel)}/memberships", body, admin, cancel));
    }

    public async Task<IReadOnlyList<string>> PartsAsync(string channel, string admin)
    {
        var parts = new List<string>();
        await foreach (var part in PagesAsync($"/channels/{Escape(channel)}/subchannels?max-results=50", "SubChannels", admin))
            if (part.Text("SubChannelId") is { } id)
                parts.Add(id);
        return parts;
    }

    public Task DeleteUserAsync(string user) => UnlessGoneAsync(client.ChimeAsync(
        HttpMethod.Delete, $"/app-instance-users/{Escape(user)}", null, null, cancel));

    public Task EndAdminAsync(string app, string user) => UnlessGoneAsync(client.ChimeAsync(
        HttpMethod.Delete, $"/app-instances/{Escape(app)}/admins/{Escape(user)}", null, null, cancel));

    public Task DeleteAppInstanceAsync(string app) => UnlessGoneAsync(client.ChimeAsync(
        HttpMethod.Delete, $"/app-instances/{Escape(app)}", null, null, cancel));

    /// <summary>The first users of the app instance, fifty at most; none where it is gone.</summary>
    public async Task<IReadOnlyList<string>> SomeUsersAsync(string app)
    {
        try
        {
            var page = await client.ChimeAsync(
                HttpMethod.Get, $"/app-instance-users?app-instance-arn={Escape(app)}&max-results=50", null, null, cancel);
            return [.. page.GetProperty("AppInstanceUsers").EnumerateArray().Select(u => u.Text("AppInstanceUserArn")).OfType<string>()];
        }
        catch (PlatformException refusal) when (IsGone(refusal))
        {
            return [];
        }
    }

    /// <summary>Messages that the channel holds, without those that were deleted; null where the endpoint does not count.</summary>
    public async Task<long?> MessageCountAsync(string channel, string admin)
    {
        var answer = await client.ChimeAsync(HttpMethod.Get, $"/channels/{Escape(channel)}", null, admin, cancel);
        return answer.TryGetProperty("x-carillon", out var more) && more.TryGetProperty("MessageCount", out var count)
            ? count.GetInt64() : null;
    }

    /// <summary>Counts the messages of a channel, or of a part of it, fifty a call.</summary>
    public async Task<long> CountMessagesAsync(string channel, string admin, string? part, Func<Task> pace)
    {
        var count = 0L;
        string? next = null;
        do
        {
            await pace();
            var query = (part is null ? "" : $"&sub-channel-id={Escape(part)}") + (next is null ? "" : $"&next-token={Escape(next)}");
            var page = await client.ChimeAsync(
                HttpMethod.Get, $"/channels/{Escape(channel)}/messages?max-results=50{query}", null, admin, cancel);
            count += page.GetProperty("ChannelMessages").GetArrayLength();
            next = page.Text("NextToken") is { Length: > 0 } token ? token : null;
        } while (next is not null);
        return count;
    }

    private const string policyName = "Event";

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
            var page = await client.ChimeAsync(
                HttpMethod.Get, next is null ? path : $"{path}&next-token={Escape(next)}", null, bearer, cancel);
            foreach (var item in page.GetProperty(list).EnumerateArray()) yield return item;
            next = page.Text("NextToken") is { Length: > 0 } token ? token : null;
        } while (next is not null);
    }

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
