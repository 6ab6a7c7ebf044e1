using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Wire.SigV4;

namespace Carillon.Tests.Server;

/// <summary>Calls the API as an SDK does: signed, ARNs encoded, JSON in and out. One method an operation.</summary>
internal sealed class ChimeClient(LiveServer server, AwsCredentials credentials, string region = LiveServer.Region)
{
    private static int _tokens;

    public AwsCredentials Credentials => credentials;

    public static string NewToken() => $"token-{Interlocked.Increment(ref _tokens)}";

    /// <summary>Percent-encodes a path label or query value as the SDKs do.</summary>
    public static string E(string text) => Uri.EscapeDataString(text);

    public Task<Answer> Send(string method, string target, string? bearer = null, JsonNode? body = null) =>
        SendBytes(method, target, bearer, body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()));

    public async Task<Answer> SendBytes(
        string method, string target, string? bearer, byte[]? body, string service = "chime",
        string contentType = "application/json", params (string Name, string Value)[] headers)
    {
        // Targets go out as they are written here: what the server makes of odd ones is part of what is tested.
        var url = new Uri(server.Address.OriginalString + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        List<HeaderField> sent = [new("Host", $"{url.Host}:{url.Port}"), .. headers.Select(h => new HeaderField(h.Name, h.Value))];
        if (bearer is not null)
        {
            sent.Add(new("x-amz-chime-bearer", bearer));
        }

        if (body is not null)
        {
            sent.Add(new("Content-Type", contentType));
        }

        var added = new SigV4Signer(credentials, region, service, server.Time).Sign(method, target, sent, body ?? []);
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        foreach (var field in sent.Concat(added).Where(f => f.Name is not ("Content-Type" or "Host")))
        {
            request.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        using var response = await server.Http.SendAsync(request);
        return await Answer.Read(response);
    }

    // Identity.
    public Task<Answer> CreateAppInstance(string name, string? token = null, string? metadata = null) => Send(
        "POST", "/app-instances", body: Members(("Name", name), ("Metadata", metadata), ("ClientRequestToken", token ?? NewToken())));

    public Task<Answer> DescribeAppInstance(string app) => Send("GET", $"/app-instances/{E(app)}");

    public Task<Answer> UpdateAppInstance(string app, string name, string metadata) => Send(
        "PUT", $"/app-instances/{E(app)}", body: Members(("Name", name), ("Metadata", metadata)));

    public Task<Answer> DeleteAppInstance(string app) => Send("DELETE", $"/app-instances/{E(app)}");

    public Task<Answer> ListAppInstances(string query = "") => Send("GET", "/app-instances" + query);

    public Task<Answer> CreateAppInstanceUser(string app, string id, string name, string? token = null, string? metadata = null) => Send(
        "POST", "/app-instance-users",
        body: Members(
            ("AppInstanceArn", app), ("AppInstanceUserId", id), ("Name", name), ("Metadata", metadata),
            ("ClientRequestToken", token ?? NewToken())));

    public Task<Answer> DescribeAppInstanceUser(string user) => Send("GET", $"/app-instance-users/{E(user)}");

    public Task<Answer> UpdateAppInstanceUser(string user, string name, string metadata = "") => Send(
        "PUT", $"/app-instance-users/{E(user)}", body: Members(("Name", name), ("Metadata", metadata)));

    public Task<Answer> DeleteAppInstanceUser(string user) => Send("DELETE", $"/app-instance-users/{E(user)}");

    public Task<Answer> ListAppInstanceUsers(string app, string more = "") =>
        Send("GET", $"/app-instance-users?app-instance-arn={E(app)}{more}");

    public Task<Answer> CreateAppInstanceAdmin(string app, string user) => Send(
        "POST", $"/app-instances/{E(app)}/admins", body: Members(("AppInstanceAdminArn", user)));

    public Task<Answer> DescribeAppInstanceAdmin(string app, string user) => Send("GET", $"/app-instances/{E(app)}/admins/{E(user)}");

    public Task<Answer> DeleteAppInstanceAdmin(string app, string user) => Send("DELETE", $"/app-instances/{E(app)}/admins/{E(user)}");

    public Task<Answer> ListAppInstanceAdmins(string app, string query = "") => Send("GET", $"/app-instances/{E(app)}/admins{query}");

    public Task<Answer> CreateAppInstanceBot(
        string app, string? name = null, string? token = null, string? metadata = null, JsonNode? lex = null, JsonArray? tags = null) => Send(
        "POST", "/app-instance-bots",
        body: Members(
            ("AppInstanceArn", app), ("Name", name), ("Metadata", metadata), ("Tags", tags),
            ("Configuration", new JsonObject { ["Lex"] = lex ?? Lex() }), ("ClientRequestToken", token ?? NewToken())));

    /// <summary>The least that configures a bot.</summary>
    public static JsonObject Lex() => Members(
        ("LexBotAliasArn", "arn:aws:lex:us-east-1:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID"), ("LocaleId", "en_US"));

    public Task<Answer> DescribeAppInstanceBot(string bot) => Send("GET", $"/app-instance-bots/{E(bot)}");

    public Task<Answer> UpdateAppInstanceBot(string bot, string name, string metadata = "", JsonNode? lex = null) => Send(
        "PUT", $"/app-instance-bots/{E(bot)}",
        body: Members(
            ("Name", name), ("Metadata", metadata), ("Configuration", lex is null ? null : new JsonObject { ["Lex"] = lex })));

    public Task<Answer> DeleteAppInstanceBot(string bot) => Send("DELETE", $"/app-instance-bots/{E(bot)}");

    public Task<Answer> ListAppInstanceBots(string app, string more = "") =>
        Send("GET", $"/app-instance-bots?app-instance-arn={E(app)}{more}");

    /// <param name="days">Null removes the settings.</param>
    public Task<Answer> PutUserExpiration(string user, int? days) => Send(
        "PUT", $"/app-instance-users/{E(user)}/expiration-settings",
        body: Members(("ExpirationSettings", Expiration(days, "CREATED_TIMESTAMP"))));

    public Task<Answer> PutChannelExpiration(string? bearer, string channel, int? days, string criterion = "CREATED_TIMESTAMP") => Send(
        "PUT", $"/channels/{E(channel)}/expiration-settings", bearer,
        Members(("ExpirationSettings", Expiration(days, criterion))));

    private static JsonObject? Expiration(int? days, string criterion) =>
        days is null ? null : Members(("ExpirationDays", days), ("ExpirationCriterion", criterion));

    public Task<Answer> GetRetention(string app) => Send("GET", $"/app-instances/{E(app)}/retention-settings");

    /// <param name="days">Null switches retention off.</param>
    public Task<Answer> PutRetention(string app, int? days) => Send(
        "PUT", $"/app-instances/{E(app)}/retention-settings",
        body: Members(("AppInstanceRetentionSettings", days is null
            ? []
            : Members(("ChannelRetentionSettings", Members(("RetentionDays", days)))))));

    // Tags.
    public Task<Answer> ListTags(string resource) => Send("GET", $"/tags?arn={E(resource)}");

    public Task<Answer> Tag(string resource, params (string Key, string Value)[] tags) => Send(
        "POST", "/tags?operation=tag-resource", body: Members(("ResourceARN", resource), ("Tags", Tags(tags))));

    public Task<Answer> Untag(string resource, params string[] keys) => Send(
        "POST", "/tags?operation=untag-resource", body: Members(("ResourceARN", resource), ("TagKeys", Array(keys))));

    public static JsonArray Tags(params (string Key, string Value)[] tags) =>
        [.. tags.Select(t => Members(("Key", t.Key), ("Value", t.Value)))];

    // Endpoints.
    public const string PushApp = "arn:aws:mobiletargeting:us-east-1:123456789012:apps/5c0ffee";

    public Task<Answer> RegisterEndpoint(
        string user, string device = "device-token", string type = "GCM", string? voip = null, string? allow = null,
        string? name = null, string resource = PushApp, string? token = null) => Send(
        "POST", $"/app-instance-users/{E(user)}/endpoints",
        body: Members(
            ("Type", type), ("ResourceArn", resource), ("Name", name), ("AllowMessages", allow),
            ("EndpointAttributes", Members(("DeviceToken", device), ("VoipDeviceToken", voip))),
            ("ClientRequestToken", token ?? NewToken())));

    public Task<Answer> DescribeEndpoint(string user, string id) => Send("GET", $"/app-instance-users/{E(user)}/endpoints/{E(id)}");

    public Task<Answer> UpdateEndpoint(string user, string id, string? name = null, string? allow = null) => Send(
        "PUT", $"/app-instance-users/{E(user)}/endpoints/{E(id)}", body: Members(("Name", name), ("AllowMessages", allow)));

    public Task<Answer> ListEndpoints(string user, string query = "") => Send("GET", $"/app-instance-users/{E(user)}/endpoints{query}");

    public Task<Answer> DeregisterEndpoint(string user, string id) => Send("DELETE", $"/app-instance-users/{E(user)}/endpoints/{E(id)}");

    // Channels.
    public Task<Answer> CreateChannel(
        string bearer, string app, string name, string? mode = null, string? privacy = null, string[]? members = null,
        string[]? moderators = null, string? id = null, string? token = null, string? metadata = null) => Send(
        "POST", "/channels", bearer,
        Members(
            ("AppInstanceArn", app), ("Name", name), ("Mode", mode), ("Privacy", privacy), ("Metadata", metadata), ("ChannelId", id),
            ("MemberArns", Array(members)), ("ModeratorArns", Array(moderators)), ("ClientRequestToken", token ?? NewToken())));

    public Task<Answer> DescribeChannel(string bearer, string channel) => Send("GET", $"/channels/{E(channel)}", bearer);

    public Task<Answer> UpdateChannel(string bearer, string channel, string? name = null, string? mode = null, string? metadata = null) =>
        Send("PUT", $"/channels/{E(channel)}", bearer, Members(("Name", name), ("Mode", mode), ("Metadata", metadata)));

    public Task<Answer> DeleteChannel(string bearer, string channel) => Send("DELETE", $"/channels/{E(channel)}", bearer);

    public Task<Answer> ListChannels(string bearer, string app, string more = "") =>
        Send("GET", $"/channels?app-instance-arn={E(app)}{more}", bearer);

    public Task<Answer> UpdateChannelReadMarker(string bearer, string channel) =>
        Send("PUT", $"/channels/{E(channel)}/readMarker", bearer);

    /// <param name="fields">Operator and values of each.</param>
    public Task<Answer> SearchChannels(string? bearer, string query, params (string Operator, string[] Values)[] fields) => Send(
        "POST", "/channels?operation=search" + query, bearer,
        Members(("Fields", new JsonArray(
            [.. fields.Select(f => Members(("Key", "MEMBERS"), ("Operator", f.Operator), ("Values", Array(f.Values))))]))));

    // Memberships.
    public Task<Answer> CreateChannelMembership(string bearer, string channel, string member, string? type = "DEFAULT") => Send(
        "POST", $"/channels/{E(channel)}/memberships", bearer, Members(("MemberArn", member), ("Type", type)));

    public Task<Answer> BatchCreateChannelMembership(string bearer, string channel, string[] members, string? type = null) => Send(
        "POST", $"/channels/{E(channel)}/memberships?operation=batch-create", bearer,
        Members(("MemberArns", Array(members)), ("Type", type)));

    public Task<Answer> DescribeChannelMembership(string bearer, string channel, string member) =>
        Send("GET", $"/channels/{E(channel)}/memberships/{E(member)}", bearer);

    public Task<Answer> DeleteChannelMembership(string bearer, string channel, string member) =>
        Send("DELETE", $"/channels/{E(channel)}/memberships/{E(member)}", bearer);

    public Task<Answer> ListChannelMemberships(string bearer, string channel, string query = "") =>
        Send("GET", $"/channels/{E(channel)}/memberships{query}", bearer);

    public Task<Answer> ListMembershipsOf(string bearer, string? user = null, string more = "") => Send(
        "GET", $"/channels?scope=app-instance-user-memberships{(user is null ? "" : "&app-instance-user-arn=" + E(user))}{more}", bearer);

    public Task<Answer> DescribeMembershipOf(string bearer, string channel, string user) => Send(
        "GET", $"/channels/{E(channel)}?scope=app-instance-user-membership&app-instance-user-arn={E(user)}", bearer);

    public Task<Answer> GetPreferences(string bearer, string channel, string member) =>
        Send("GET", $"/channels/{E(channel)}/memberships/{E(member)}/preferences", bearer);

    public Task<Answer> PutPreferences(string bearer, string channel, string member, string? allow, string? rule = null) => Send(
        "PUT", $"/channels/{E(channel)}/memberships/{E(member)}/preferences", bearer,
        Members(("Preferences", Members(
            ("PushNotifications", allow is null ? null : Members(("AllowNotifications", allow), ("FilterRule", rule)))))));

    // Moderation.
    public Task<Answer> CreateChannelModerator(string bearer, string channel, string who) => Send(
        "POST", $"/channels/{E(channel)}/moderators", bearer, Members(("ChannelModeratorArn", who)));

    public Task<Answer> DescribeChannelModerator(string bearer, string channel, string who) =>
        Send("GET", $"/channels/{E(channel)}/moderators/{E(who)}", bearer);

    public Task<Answer> DeleteChannelModerator(string bearer, string channel, string who) =>
        Send("DELETE", $"/channels/{E(channel)}/moderators/{E(who)}", bearer);

    public Task<Answer> ListChannelModerators(string bearer, string channel, string query = "") =>
        Send("GET", $"/channels/{E(channel)}/moderators{query}", bearer);

    public Task<Answer> ListModeratedBy(string bearer, string? user = null, string more = "") => Send(
        "GET",
        $"/channels?scope=app-instance-user-moderated-channels{(user is null ? "" : "&app-instance-user-arn=" + E(user))}{more}", bearer);

    public Task<Answer> DescribeModeratedBy(string bearer, string channel, string user) => Send(
        "GET", $"/channels/{E(channel)}?scope=app-instance-user-moderated-channel&app-instance-user-arn={E(user)}", bearer);

    public Task<Answer> CreateChannelBan(string bearer, string channel, string who) => Send(
        "POST", $"/channels/{E(channel)}/bans", bearer, Members(("MemberArn", who)));

    public Task<Answer> DescribeChannelBan(string bearer, string channel, string who) =>
        Send("GET", $"/channels/{E(channel)}/bans/{E(who)}", bearer);

    public Task<Answer> DeleteChannelBan(string bearer, string channel, string who) =>
        Send("DELETE", $"/channels/{E(channel)}/bans/{E(who)}", bearer);

    public Task<Answer> ListChannelBans(string bearer, string channel, string query = "") =>
        Send("GET", $"/channels/{E(channel)}/bans{query}", bearer);

    // Messages.
    public Task<Answer> SendChannelMessage(
        string bearer, string channel, string content, string type = "STANDARD", string persistence = "PERSISTENT",
        string? token = null, string? target = null, string? metadata = null, JsonObject? push = null,
        JsonObject? attributes = null) => Send(
        "POST", $"/channels/{E(channel)}/messages", bearer,
        Members(
            ("Content", content), ("Type", type), ("Persistence", persistence), ("Metadata", metadata),
            ("ClientRequestToken", token ?? NewToken()), ("PushNotification", push), ("MessageAttributes", attributes),
            ("Target", target is null ? null : new JsonArray(Members(("MemberArn", target))))));

    public async Task<string> SendText(string bearer, string channel, string content) =>
        (await SendChannelMessage(bearer, channel, content)).Text("MessageId");

    public Task<Answer> GetChannelMessage(string bearer, string channel, string id) =>
        Send("GET", $"/channels/{E(channel)}/messages/{E(id)}", bearer);

    public Task<Answer> ListChannelMessages(string bearer, string channel, string query = "") =>
        Send("GET", $"/channels/{E(channel)}/messages{query}", bearer);

    public Task<Answer> UpdateChannelMessage(string bearer, string channel, string id, string content, string? metadata = null) => Send(
        "PUT", $"/channels/{E(channel)}/messages/{E(id)}", bearer, Members(("Content", content), ("Metadata", metadata)));

    public Task<Answer> RedactChannelMessage(string bearer, string channel, string id) =>
        Send("POST", $"/channels/{E(channel)}/messages/{E(id)}?operation=redact", bearer, Members());

    public Task<Answer> DeleteChannelMessage(string bearer, string channel, string id) =>
        Send("DELETE", $"/channels/{E(channel)}/messages/{E(id)}", bearer);

    public Task<Answer> GetChannelMessageStatus(string bearer, string channel, string id) =>
        Send("GET", $"/channels/{E(channel)}/messages/{E(id)}?scope=message-status", bearer);

    // Channel flows.
    public const string Function = "arn:aws:lambda:us-east-1:123456789012:function:";

    public static JsonArray Processors(string function, string fallback = "ABORT") => new(Members(
        ("Name", "processor"), ("ExecutionOrder", 1), ("FallbackAction", fallback),
        ("Configuration", new JsonObject
        {
            ["Lambda"] = new JsonObject { ["ResourceArn"] = Function + function, ["InvocationType"] = "ASYNC" },
        })));

    public Task<Answer> CreateChannelFlow(
        string app, string name, string function, string fallback = "ABORT", string? token = null, JsonArray? tags = null) => Send(
        "POST", "/channel-flows",
        body: Members(
            ("AppInstanceArn", app), ("Name", name), ("Processors", Processors(function, fallback)), ("Tags", tags),
            ("ClientRequestToken", token ?? NewToken())));

    public Task<Answer> DescribeChannelFlow(string flow) => Send("GET", $"/channel-flows/{E(flow)}");

    public Task<Answer> UpdateChannelFlow(string flow, string name, string function, string fallback = "ABORT") => Send(
        "PUT", $"/channel-flows/{E(flow)}", body: Members(("Name", name), ("Processors", Processors(function, fallback))));

    public Task<Answer> DeleteChannelFlow(string flow) => Send("DELETE", $"/channel-flows/{E(flow)}");

    public Task<Answer> ListChannelFlows(string app, string more = "") => Send("GET", $"/channel-flows?app-instance-arn={E(app)}{more}");

    public Task<Answer> ListChannelsOfFlow(string flow, string more = "") =>
        Send("GET", $"/channels?scope=channel-flow-associations&channel-flow-arn={E(flow)}{more}");

    public Task<Answer> AssociateChannelFlow(string bearer, string channel, string flow) => Send(
        "PUT", $"/channels/{E(channel)}/channel-flow", bearer, Members(("ChannelFlowArn", flow)));

    public Task<Answer> DisassociateChannelFlow(string bearer, string channel, string flow) =>
        Send("DELETE", $"/channels/{E(channel)}/channel-flow/{E(flow)}", bearer);

    public Task<Answer> ChannelFlowCallback(
        string channel, string callback, string message, bool? deny = null, JsonObject? changes = null)
    {
        var changed = changes ?? [];
        changed["MessageId"] = message;
        return Send(
            "POST", $"/channels/{E(channel)}?operation=channel-flow-callback", null,
            Members(("CallbackId", callback), ("DeleteResource", deny), ("ChannelMessage", changed)));
    }

    // Streaming.
    public Task<Answer> PutStreaming(string app, params (string Data, string Arn)[] configurations) => Send(
        "PUT", $"/app-instances/{E(app)}/streaming-configurations",
        body: Members(("StreamingConfigurations", new JsonArray(
            [.. configurations.Select(c => Members(("DataType", c.Data), ("ResourceArn", c.Arn)))]))));

    public Task<Answer> GetStreaming(string app) => Send("GET", $"/app-instances/{E(app)}/streaming-configurations");

    public Task<Answer> DeleteStreaming(string app) => Send("DELETE", $"/app-instances/{E(app)}/streaming-configurations");

    /// <summary>IAM and STS: a form, answered in XML.</summary>
    public async Task<string> Query(string service, string action, params (string Name, string Value)[] parameters)
    {
        var version = service == "sts" ? "2011-06-15" : "2010-05-08";
        var form = string.Join('&', parameters.Prepend(("Version", version)).Prepend(("Action", action)).Select(p => $"{p.Item1}={E(p.Item2)}"));
        var answer = await SendBytes(
            "POST", "/", null, Encoding.UTF8.GetBytes(form), service, "application/x-www-form-urlencoded; charset=utf-8");
        return answer.Status == 200 ? answer.Body : throw new InvalidOperationException(answer.Body);
    }

    /// <summary>Credentials of a new role that may do what the policy says.</summary>
    public async Task<AwsCredentials> Assume(string policy)
    {
        const string trust =
            """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}}""";
        var role = NewToken();
        await Query("iam", "CreateRole", ("RoleName", role), ("AssumeRolePolicyDocument", trust));
        await Query("iam", "PutRolePolicy", ("RoleName", role), ("PolicyName", "p"), ("PolicyDocument", policy));
        var answer = System.Xml.Linq.XElement.Parse(await Query(
            "sts", "AssumeRole", ("RoleArn", $"arn:aws:iam::{LiveServer.Account}:role/{role}"), ("RoleSessionName", "s1")));
        string Value(string element) => answer.Descendants().First(e => e.Name.LocalName == element).Value;
        return new(Value("AccessKeyId"), Value("SecretAccessKey"), Value("SessionToken"));
    }

    /// <summary>Members that are null are left out.</summary>
    public static JsonObject Members(params (string Name, JsonNode? Value)[] members)
    {
        var body = new JsonObject();
        foreach (var (name, value) in members.Where(m => m.Value is not null))
        {
            body.Add(name, value);
        }

        return body;
    }

    public static JsonArray? Array(string[]? texts) => texts is null ? null : new JsonArray([.. texts.Select(t => JsonValue.Create(t))]);
}

/// <summary>An answer of the API.</summary>
internal sealed record Answer(int Status, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders, string Body)
{
    public static async Task<Answer> Read(HttpResponseMessage response) => new(
        (int)response.StatusCode, response.Headers, response.Content.Headers, await response.Content.ReadAsStringAsync());

    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? ErrorType => Header("x-amzn-ErrorType");

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    public Answer Ok() => Status is >= 200 and < 300 ? this : throw new InvalidOperationException($"{Status} {ErrorType} {Body}");

    public Answer Refused(int status, string type) => Status == status && ErrorType == type
        ? this
        : throw new InvalidOperationException($"Expected {status} {type}, got {Status} {ErrorType} {Body}");

    public Answer BadRequest() => Refused(400, "BadRequestException");

    public Answer Forbidden() => Refused(403, "ForbiddenException");

    public Answer Denied() => Refused(403, "AccessDeniedException");

    public Answer NotFound() => Refused(404, "NotFoundException");

    public Answer Conflict() => Refused(409, "ConflictException");

    /// <summary>A text in a successful answer; members apart by dots.</summary>
    public string Text(string path) => (string)At(path)!;

    public JsonNode? At(string path) => path.Split('.').Aggregate((JsonNode?)Ok().Json, (node, name) => node?[name]);

    public JsonArray List(string name) => (JsonArray)At(name)!;

    public string? NextToken => (string?)At("NextToken");
}
