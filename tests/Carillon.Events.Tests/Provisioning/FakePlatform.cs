using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Carillon.Events.Tests.Provisioning;

/// <summary>
/// Users and memberships as the wire has them, in memory: it knows when each call came, and may refuse those that come
/// too soon as a platform that throttles does.
/// </summary>
internal sealed class FakePlatform(TimeProvider time) : HttpMessageHandler
{
    private readonly Dictionary<string, Bucket> buckets = [];

    public bool TakesBulk { get; init; }

    /// <summary>Calls a second of users that are taken; null for any.</summary>
    public double? UsersPerSecond { get; set; }

    /// <summary>What it tells those whom it refuses; null tells nothing.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Answers 500 while it is set.</summary>
    public bool IsDown { get; set; }

    /// <summary>Users whose creation is refused, for a reason of their own.</summary>
    public HashSet<string> Hated { get; } = [];

    /// <summary>Users that are lost right after they were made, once each.</summary>
    public HashSet<string> Lost { get; } = [];

    /// <summary>While it is set, batches are taken and each member is refused with this.</summary>
    public string? MemberError { get; set; }

    /// <summary>What the next request meets, or null.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Answers the next bulk request with what is none.</summary>
    public bool Babbles { get; set; }

    public ConcurrentDictionary<string, int> Created { get; } = new();

    public HashSet<string> Users { get; } = [];

    public HashSet<string> Members { get; } = [];

    /// <summary>When each call of a kind came; those that were refused too.</summary>
    public Dictionary<string, List<DateTimeOffset>> Calls { get; } = [];

    public List<DateTimeOffset> Refusals { get; } = [];

    /// <summary>When each user was made, by the app instance.</summary>
    public Dictionary<string, List<DateTimeOffset>> MadeAt { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        var path = request.RequestUri!.PathAndQuery;
        if (Fault is { } fault)
        {
            Fault = null;
            throw fault;
        }

        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancel);
        if (path == "/carillon/bulk")
        {
            if (Babbles && body.Length > 2)
            {
                Babbles = false;
                return Answer(200, "[1]\n", null);
            }

            if (!TakesBulk) return Answer(404, """{"Message":"no"}""", "UnknownOperationException");
            var lines = new StringBuilder();
            var number = 0;
            foreach (var line in body.Split('\n'))
            {
                number++;
                if (line.Length == 0) continue;
                var item = JsonNode.Parse(line)!;
                var (status, answer, error) = Do((string)item["Operation"]!, (JsonObject)item["Request"]!);
                var result = new JsonObject { ["Line"] = number, ["Status"] = status };
                if (error is null) result["Response"] = answer;
                else result["Error"] = new JsonObject { ["Name"] = error, ["Message"] = "no" };
                lines.Append(result.ToJsonString()).Append('\n');
            }

            return Answer(200, lines.Append("{\"Finished\":{}}\n").ToString(), null);
        }

        var arns = path.Split('/', '?').Select(Uri.UnescapeDataString).ToArray();
        var (operation, members) = (request.Method.Method, arns[1]) switch
        {
            ("POST", "app-instance-users") => ("CreateAppInstanceUser", (JsonObject)JsonNode.Parse(body)!),
            ("DELETE", "app-instance-users") => ("DeleteAppInstanceUser", new JsonObject { ["AppInstanceUserArn"] = arns[2] }),
            ("POST", "channels") => ("BatchCreateChannelMembership", (JsonObject)JsonNode.Parse(body)!),
            ("DELETE", "channels") => ("DeleteChannelMembership", new JsonObject { ["MemberArn"] = arns[4] }),
            _ => ("", []),
        };
        var (code, json, name) = Do(operation, members);
        return Answer(code, json?.ToJsonString() ?? "{}", name);
    }

    private (int Status, JsonNode? Answer, string? Error) Do(string operation, JsonObject request)
    {
        var now = time.GetUtcNow();
        Of(Calls, operation).Add(now);
        if (IsDown) return (500, null, "ServiceFailureException");
        if (operation.EndsWith("AppInstanceUser", StringComparison.Ordinal) && UsersPerSecond is { } limit && !BucketOf("users").Takes(now, limit))
        {
            Refusals.Add(now);
            return (429, null, "ThrottledClientException");
        }

        switch (operation)
        {
            case "CreateAppInstanceUser":
                var id = (string)request["AppInstanceUserId"]!;
                var arn = $"{(string)request["AppInstanceArn"]!}/user/{id}";
                Created.AddOrUpdate(arn, 1, (_, n) => n + 1);
                if (Hated.Contains(id)) return (400, null, "BadRequestException");
                if (Lost.Remove(id)) return (201, new JsonObject { ["AppInstanceUserArn"] = arn }, null);
                if (!Users.Add(arn)) return (409, null, "ConflictException");
                Of(MadeAt, (string)request["AppInstanceArn"]!).Add(now);
                return (201, new JsonObject { ["AppInstanceUserArn"] = arn }, null);
            case "DeleteAppInstanceUser":
                return Users.Remove((string)request["AppInstanceUserArn"]!) ? (204, null, null) : (404, null, "NotFoundException");
            case "BatchCreateChannelMembership":
                var arns = request["MemberArns"]!.AsArray().Select(n => (string)n!).ToList();
                if (arns.Count > 100) return (400, null, "BadRequestException");
                var errors = new JsonArray();
                foreach (var member in arns)
                {
                    var code = MemberError ?? (!Users.Contains(member) ? "NotFound" : Members.Add(member) ? null : "Conflict");
                    if (code is not null) errors.Add(new JsonObject { ["MemberArn"] = member, ["ErrorCode"] = code, ["ErrorMessage"] = "no" });
                }

                return (200, new JsonObject { ["Errors"] = errors }, null);
            case "DeleteChannelMembership":
                return Members.Remove((string)request["MemberArn"]!) ? (204, null, null) : (404, null, "NotFoundException");
            default:
                return (404, null, "UnknownOperationException");
        }
    }

    private Bucket BucketOf(string name)
    {
        if (!buckets.TryGetValue(name, out var bucket)) buckets.Add(name, bucket = new Bucket());
        return bucket;
    }

    private HttpResponseMessage Answer(int status, string body, string? error)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (error is not null) response.Headers.TryAddWithoutValidation("x-amzn-ErrorType", error);
        if (status == 429 && RetryAfter is { } pause) response.Headers.TryAddWithoutValidation("Retry-After", $"{pause.TotalSeconds}");
        return response;
    }

    private static List<DateTimeOffset> Of(Dictionary<string, List<DateTimeOffset>> lists, string name)
    {
        if (!lists.TryGetValue(name, out var list)) lists.Add(name, list = []);
        return list;
    }

    /// <summary>As AWS's: it holds what one second refills.</summary>
    private sealed class Bucket
    {
        private double tokens = double.MaxValue;
        private DateTimeOffset at;

        public bool Takes(DateTimeOffset now, double perSecond)
        {
            tokens = Math.Min(perSecond, tokens + (tokens == double.MaxValue ? 0 : (now - at).TotalSeconds * perSecond));
            at = now;
            if (tokens < 1) return false;
            tokens--;
            return true;
        }
    }
}
