using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Core.Functions;
using Carillon.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Carillon.Tests.Server.Functions;

/// <summary>A server that runs functions.</summary>
public class FunctionServer : LiveServer
{
    public const string Functions = "/2015-03-31/functions";

    internal override CarillonOptions Adjust(CarillonOptions options) => base.Adjust(options) with { Functions = true };

    /// <summary>A request to Lambda.</summary>
    internal Task<Answer> Lambda(string method, string target, JsonNode? body = null, params (string, string)[] headers) =>
        Root.SendBytes(method, target, null, body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()), "lambda", headers: headers);

    /// <summary>The ARN of a new role.</summary>
    /// <param name="service">Who may take it on.</param>
    /// <param name="policy">What it may do; null for nothing.</param>
    internal async Task<string> NewRole(string service = "lambda", string? policy = null)
    {
        var name = $"role-{Guid.NewGuid():n}";
        var trust = $$$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"{{{service}}}.amazonaws.com"},"Action":"sts:AssumeRole"}}""";
        await Root.Query("iam", "CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument", trust));
        if (policy is not null)
        {
            await Root.Query("iam", "PutRolePolicy", ("RoleName", name), ("PolicyName", "may"), ("PolicyDocument", policy));
        }

        return $"arn:aws:iam::{Account}:role/{name}";
    }

    /// <summary>CreateFunction.</summary>
    internal Task<Answer> Create(
        string name, byte[] zip, string role, string runtime = "nodejs20.x", string handler = "index.handler", int seconds = 20,
        JsonObject? variables = null) =>
        Lambda("POST", Functions, new JsonObject
        {
            ["FunctionName"] = name,
            ["Runtime"] = runtime,
            ["Handler"] = handler,
            ["Role"] = role,
            ["Timeout"] = seconds,
            ["Code"] = new JsonObject { ["ZipFile"] = Convert.ToBase64String(zip) },
            ["Environment"] = new JsonObject { ["Variables"] = variables ?? [] },
        });

    internal static byte[] Zip(params (string Name, string Text)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var (name, text) in files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return stream.ToArray();
    }
}

/// <summary>Lambda's operations, as its clients send them.</summary>
public class LambdaTests(FunctionServer server) : IClassFixture<FunctionServer>
{
    private const string Root = FunctionServer.Functions;
    private const string Hello = "export const handler = async (event) => ({ hello: event.name });";

    private static int _names;

    private static string NewName() => $"hello-{Interlocked.Increment(ref _names)}";

    private Task<Answer> Send(string method, string target, JsonNode? body = null, params (string, string)[] headers) =>
        server.Lambda(method, target, body, headers);

    private async Task<Answer> Create(string name, byte[] zip, JsonObject? variables = null, string runtime = "nodejs20.x", string? role = null) =>
        await server.Create(name, zip, role ?? await server.NewRole(), runtime, variables: variables);

    private async Task<string> Made(string text)
    {
        var name = NewName();
        Assert.Equal(201, (int)(await Create(name, FunctionServer.Zip(("index.mjs", text)))).Status);
        return name;
    }

    [Fact]
    public async Task A_function_is_made_invoked_changed_and_taken_away()
    {
        var name = await Made(Hello);
        var invoked = await Send("POST", $"{Root}/{name}/invocations", new JsonObject { ["name"] = "ann" }, ("X-Amz-Log-Type", "Tail"));
        Assert.Equal("""{"hello":"ann"}""", invoked.Body);

        var code = await Send("PUT", $"{Root}/{name}/code", new JsonObject
        {
            ["ZipFile"] = Convert.ToBase64String(FunctionServer.Zip(("index.mjs", "export const handler = async () => process.env.WORD;"))),
        });
        Assert.Equal(200, (int)code.Status);
        var changed = await Send("PUT", $"{Root}/{name}/configuration", JsonNode.Parse("""{"Environment":{"Variables":{"WORD":"new"}},"Timeout":9}"""));
        Assert.Equal("9", changed.Json!["Timeout"]!.ToString());
        Assert.Equal("\"new\"", (await Send("POST", $"{Root}/{name}/invocations")).Body);
        Assert.Contains((await Send("GET", Root + "/")).Json!["Functions"]!.AsArray(), f => f!["FunctionName"]!.ToString() == name);

        Assert.Equal(204, (int)(await Send("DELETE", $"{Root}/{name}")).Status);
        var gone = await Send("POST", $"{Root}/{name}/invocations");
        Assert.Equal((404, $"Function not found: arn:aws:lambda:us-east-1:123456789012:function:{name}"), ((int)gone.Status, gone.Json!["Message"]!.ToString()));
    }

    [Fact]
    public async Task An_ARN_in_the_path_names_it_too_and_a_version_does_not()
    {
        var name = await Made(Hello);
        var arn = $"arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3A{name}";

        Assert.Equal(200, (int)(await Send("GET", $"{Root}/{arn}/configuration")).Status);
        Assert.Equal(200, (int)(await Send("GET", $"{Root}/{arn}%3A%24LATEST/configuration")).Status);
        Assert.Equal(404, (int)(await Send("GET", $"{Root}/{arn}%3APROD/configuration")).Status);
    }

    [Fact]
    public async Task Its_credentials_are_its_role_s_and_its_endpoints_this_server()
    {
        var role = await server.NewRole();
        var name = NewName();
        await Create(name, FunctionServer.Zip(("index.mjs", "export const handler = async () => process.env;")), role: role);

        var seen = (await Send("POST", $"{Root}/{name}/invocations")).Json!;
        var who = await server.As(new(seen["AWS_ACCESS_KEY_ID"]!.ToString(), seen["AWS_SECRET_ACCESS_KEY"]!.ToString(), seen["AWS_SESSION_TOKEN"]!.ToString()))
            .SendBytes("POST", "/", null, "Action=GetCallerIdentity&Version=2011-06-15"u8.ToArray(), "sts", "application/x-www-form-urlencoded");

        Assert.Contains($"<Arn>arn:aws:sts::123456789012:assumed-role/{role.Split('/')[1]}/{name}</Arn>", who.Body, StringComparison.Ordinal);
        Assert.Equal($"http://localhost:{server.Platform.Port}", seen["AWS_ENDPOINT_URL_STS"]!.ToString());
        Assert.Contains("BEGIN CERTIFICATE", await File.ReadAllTextAsync(seen["AWS_CA_BUNDLE"]!.ToString(), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_cannot_read_the_data_folder_where_it_runs_as_another_user()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Only a server that runs as root can run functions as another user.");
        }

        var name = await Made("import { readFileSync } from 'node:fs';\nexport const handler = async (event) => readFileSync(event.name, 'utf8').length;");
        var answer = await Send("POST", $"{Root}/{name}/invocations", new JsonObject { ["name"] = server.Platform.Folder.Credentials });

        Assert.Contains("EACCES", answer.Json!["errorMessage"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_does_not_trust_Lambda_is_refused()
    {
        var refused = await Create(NewName(), FunctionServer.Zip(("index.mjs", Hello)), role: $"arn:aws:iam::{LiveServer.Account}:role/nobody");

        Assert.Equal(
            (400, "The role defined for the function cannot be assumed by Lambda."), ((int)refused.Status, refused.Json!["Message"]!.ToString()));
    }

    [Theory]
    [InlineData("AWS_REGION")]
    [InlineData("AWS_SESSION_TOKEN")]
    [InlineData("_HANDLER")]
    public async Task A_reserved_variable_is_refused(string variable)
    {
        var refused = await Create(NewName(), FunctionServer.Zip(("index.mjs", Hello)), new JsonObject { [variable] = "x" });

        Assert.Equal(400, (int)refused.Status);
        Assert.EndsWith($"Reserved keys used in this request: {variable}", refused.Json!["Message"]!.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string> Names => ["../out.js", "/etc/out.js", "a/../../out.js", "a\\..\\out.js", "./x.js"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_zip_that_leads_out_of_its_folder_is_refused(string name)
    {
        var refused = await Create(NewName(), FunctionServer.Zip((name, "x")));

        Assert.Equal((400, "Could not unzip uploaded file. Please check your file, then try to upload again."), ((int)refused.Status, refused.Json!["Message"]!.ToString()));
    }

    [Fact]
    public async Task A_link_in_a_zip_and_a_zip_that_is_none_are_refused()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            var link = zip.CreateEntry("link");
            link.ExternalAttributes = 0xA1FF << 16;
            using var target = link.Open();
            target.Write("/etc/passwd"u8);
        }

        Assert.Equal(400, (int)(await Create(NewName(), stream.ToArray())).Status);
        Assert.Equal(400, (int)(await Create(NewName(), [1, 2, 3])).Status);
    }

    [Fact]
    public async Task A_zip_that_holds_more_than_250_MB_is_refused_whatever_it_says_of_itself()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry("zeros", CompressionLevel.Fastest).Open();
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 251; i++)
            {
                entry.Write(zeros);
            }
        }

        var refused = await Create(NewName(), stream.ToArray());

        Assert.Equal((400, "Unzipped size must be smaller than 262144000 bytes"), ((int)refused.Status, refused.Json!["Message"]!.ToString()));
    }

    [Fact]
    public async Task Variables_of_more_than_4_KB_are_refused()
    {
        var refused = await Create(NewName(), FunctionServer.Zip(("index.mjs", Hello)), new JsonObject { ["LONG"] = new string('x', 4097) });

        Assert.Contains("exceeded the 4KB limit", refused.Json!["Message"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_is_a_200_with_a_header()
    {
        var name = await Made("export const handler = async () => { throw new Error('no'); };");

        var answer = await Send("POST", $"{Root}/{name}/invocations");

        Assert.Equal((200, "Unhandled"), ((int)answer.Status, answer.Header("X-Amz-Function-Error")));
        Assert.Equal("Error", answer.Json!["errorType"]!.ToString());
    }

    [Fact]
    public async Task A_payload_that_is_no_JSON_is_refused_and_a_dry_run_runs_nothing()
    {
        var name = await Made(Hello);

        var refused = await server.Root.SendBytes("POST", $"{Root}/{name}/invocations", null, "{"u8.ToArray(), "lambda");
        Assert.Equal("InvalidRequestContentException", refused.Header("x-amzn-ErrorType"));
        Assert.Equal(204, (int)(await Send("POST", $"{Root}/{name}/invocations", null, ("X-Amz-Invocation-Type", "DryRun"))).Status);
    }

    [Fact]
    public async Task An_event_is_answered_at_once_and_run_afterwards()
    {
        var name = await Made("export const handler = async (event) => { console.log(`ran ${event.name}`); };");

        var answer = await Send("POST", $"{Root}/{name}/invocations", new JsonObject { ["name"] = "later" }, ("X-Amz-Invocation-Type", "Event"));

        Assert.Equal(202, (int)answer.Status);
        var room = server.Platform.App.Services.GetRequiredService<Carillon.Server.Functions.FunctionRoom>();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!room.Host.LogOf(name).Latest().Any(l => l.EndsWith("ran later", StringComparison.Ordinal))
            || room.Store.Read(view => view.CountFunctionEvents(10)) > 0)
        {
            await Task.Delay(10, deadline.Token);
        }
    }

    [Fact]
    public async Task A_permission_is_kept_told_and_taken_away()
    {
        var name = await Made(Hello);
        var permission = JsonNode.Parse("""{"StatementId":"gateway","Action":"lambda:InvokeFunction","Principal":"apigateway.amazonaws.com"}""");

        Assert.Equal(404, (int)(await Send("GET", $"{Root}/{name}/policy")).Status);
        Assert.Equal(201, (int)(await Send("POST", $"{Root}/{name}/policy", permission)).Status);
        Assert.Equal(409, (int)(await Send("POST", $"{Root}/{name}/policy", permission)).Status);
        Assert.Contains("apigateway.amazonaws.com", (await Send("GET", $"{Root}/{name}/policy")).Json!["Policy"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(204, (int)(await Send("DELETE", $"{Root}/{name}/policy/gateway")).Status);
        Assert.Equal(404, (int)(await Send("DELETE", $"{Root}/{name}/policy/gateway")).Status);
    }

    [Fact]
    public async Task The_invoker_runs_what_is_here_and_knows_what_is_not()
    {
        var name = await Made(Hello);
        var invoker = server.Platform.App.Services.GetRequiredService<IFunctionInvoker>();
        var token = TestContext.Current.CancellationToken;

        var ran = await invoker.Invoke($"arn:aws:lambda:us-east-1:123456789012:function:{name}", """{"name":"bob"}"""u8.ToArray(), null, TimeSpan.FromSeconds(20), token);
        var none = await invoker.Invoke("nothing", "{}"u8.ToArray(), null, TimeSpan.FromSeconds(20), token);

        Assert.Equal((InvokedStatus.Answered, """{"hello":"bob"}""", null), (ran.Status, Encoding.UTF8.GetString(ran.Payload), ran.FunctionError));
        Assert.Equal(InvokedStatus.NotFound, none.Status);
    }

    [Fact]
    public async Task A_caller_without_a_right_is_denied()
    {
        var refused = await server.As(new("AKIAUNKNOWN0000000000", "secret", null)).SendBytes("GET", Root, null, null, "lambda");

        Assert.Equal(403, (int)refused.Status);
    }

    [Fact]
    public async Task What_a_function_printed_and_how_it_failed_last_can_be_read()
    {
        var name = await Made("""export const handler = async (event) => { console.log("hi " + event.name); if (event.fails) throw new TypeError("no good"); };""");
        await Send("POST", $"{Root}/{name}/invocations", new JsonObject { ["name"] = "ann" });
        await Send("POST", $"{Root}/{name}/invocations", new JsonObject { ["name"] = "ben", ["fails"] = true });

        var activity = (await Send("GET", $"/carillon/functions/{name}")).Ok();
        var lines = activity.At("Lines")!.AsArray().Select(l => (string)l!).ToList();
        var listed = (await Send("GET", "/carillon/functions")).At("Functions")!.AsArray().Single(f => (string?)f!["FunctionName"] == name)!;

        Assert.Contains(lines, l => l.Contains("hi ann", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("REPORT", StringComparison.Ordinal));
        Assert.Equal((1, 1), ((int)activity.At("Processes")!, (int)activity.At("ErrorCount")!));
        Assert.Equal("TypeError: no good", $"{activity.At("Errors")![0]!["ErrorType"]}: {activity.At("Errors")![0]!["ErrorMessage"]}");
        Assert.Equal((1, 1, null), ((int)listed["ErrorCount"]!, listed["Errors"]!.AsArray().Count, listed["Lines"]));
        Assert.Single((await Send("GET", $"/carillon/functions/{name}?lines=1")).At("Lines")!.AsArray());
    }

    [Fact]
    public async Task The_log_of_a_function_is_for_whoever_may_read_logs()
    {
        var name = await Made(Hello);
        var group = $"arn:aws:logs:{LiveServer.Region}:{LiveServer.Account}:log-group:/aws/lambda/{name}:*";
        var reader = server.As(await server.Root.Assume(
            $$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"logs:FilterLogEvents","Resource":"{{group}}"} }"""));
        Task<Answer> Ask(string path) => reader.SendBytes("GET", path, null, null, "lambda");

        (await Ask($"/carillon/functions/{name}")).Ok();
        (await Ask("/carillon/functions/another")).Denied();
        (await Ask("/carillon/functions")).Denied();
        Assert.Equal(404, (await Send("GET", "/carillon/functions/absent")).Status);
        Assert.Equal(400, (await Send("GET", $"/carillon/functions/{name}?lines=many")).Status);
    }
}

/// <summary>A server as it starts without settings.</summary>
public class FunctionsOffTests(LiveServer server) : IClassFixture<LiveServer>
{
    [Fact]
    public async Task Nothing_runs_and_nothing_is_taken()
    {
        var refused = await server.Root.SendBytes("POST", "/2015-03-31/functions", null, "{}"u8.ToArray(), "lambda");
        var invoked = await server.Platform.App.Services.GetRequiredService<IFunctionInvoker>()
            .Invoke("hello", "{}"u8.ToArray(), null, TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        Assert.Equal((403, "AccessDeniedException"), ((int)refused.Status, refused.Header("x-amzn-ErrorType")));
        Assert.Equal(InvokedStatus.Unreachable, invoked.Status);
    }
}
