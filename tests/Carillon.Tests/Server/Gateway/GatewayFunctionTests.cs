using System.Text.Json.Nodes;
using Carillon.Server.Hosting;
using Carillon.Tests.Server.Functions;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>A server that runs functions, and asks an endpoint for those that are elsewhere.</summary>
public sealed class GatewayFunctionServer : FunctionServer
{
    private readonly string _credentials = Path.GetTempFileName();

    /// <summary>Speaks Lambda's Invoke API.</summary>
    internal EventSink Elsewhere { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_credentials, "[default]\naws_access_key_id = AKIAELSEWHERE\naws_secret_access_key = secret\n");
        Elsewhere = await EventSink.Start();
        await base.InitializeAsync();
    }

    internal override CarillonOptions Adjust(CarillonOptions options) => base.Adjust(options) with
    {
        Quotas = "GatewayApis=1000",
        LambdaEndpoint = Elsewhere.Url,
        LambdaCredentials = _credentials,
        FunctionProcesses = 2,
    };
}

/// <summary>WebSocket APIs whose routes are handlers written for Lambda, in processes of Node and Python.</summary>
public class GatewayFunctionTests(GatewayFunctionServer server) : IClassFixture<GatewayFunctionServer>
{
    private const string Good = "export const handler = async (event) => ({ statusCode: 200, body: event.body });";

    /// <summary>What AWS's client for @connections does, with the libraries of Node and Python alone.</summary>
    private const string NodePost = """
        import { createHash, createHmac } from 'node:crypto';
        import { request } from 'node:https';
        const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
        const hash = (data) => createHash('sha256').update(data).digest('hex');
        export const post = ({ domainName, stage, connectionId }, data) => {
          const env = process.env;
          const url = new URL(`https://${domainName}/${stage}/@connections/${encodeURIComponent(connectionId)}`);
          const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
          const scope = `${time.slice(0, 8)}/${env.AWS_REGION}/execute-api/aws4_request`;
          const signed = 'host;x-amz-date;x-amz-security-token';
          const path = url.pathname.split('/').map(encodeURIComponent).join('/');
          const headers = { host: url.host, 'x-amz-date': time, 'x-amz-security-token': env.AWS_SESSION_TOKEN };
          const fields = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`).join('');
          const text = ['AWS4-HMAC-SHA256', time, scope, hash(['POST', path, '', fields, signed, hash(data)].join('\n'))].join('\n');
          const key = scope.split('/').reduce(hmac, `AWS4${env.AWS_SECRET_ACCESS_KEY}`);
          headers.authorization =
            `AWS4-HMAC-SHA256 Credential=${env.AWS_ACCESS_KEY_ID}/${scope}, SignedHeaders=${signed}, Signature=${hmac(key, text).toString('hex')}`;
          return new Promise((done, fail) => {
            request(url, { method: 'POST', headers }, (answer) => answer.resume().on('end', () => done(answer.statusCode)))
              .on('error', fail).end(data);
          });
        };
        """;

    private const string NodeHandler = """
        import { post } from './post.mjs';
        export const handler = async (event) => {
          const status = await post(event.requestContext, `you said ${event.body}`);
          return { statusCode: event.requestContext.eventType === 'CONNECT' && status !== 410 ? 500 : 200, body: `${status}` };
        };
        """;

    private const string PythonHandler = """
        import datetime, hashlib, hmac, os, ssl, urllib.error, urllib.parse, urllib.request

        def post(context, data):
            url = urllib.parse.urlsplit(
                f"https://{context['domainName']}/{context['stage']}/@connections/{urllib.parse.quote(context['connectionId'], safe='')}")
            time = datetime.datetime.now(datetime.timezone.utc).strftime('%Y%m%dT%H%M%SZ')
            scope = f"{time[:8]}/{os.environ['AWS_REGION']}/execute-api/aws4_request"
            headers = {'host': url.netloc, 'x-amz-date': time, 'x-amz-security-token': os.environ['AWS_SESSION_TOKEN']}
            signed = ';'.join(headers)
            fields = ''.join(f'{name}:{value}\n' for name, value in headers.items())
            path = urllib.parse.quote(url.path, safe='/')
            canonical = '\n'.join(['POST', path, '', fields, signed, hashlib.sha256(data).hexdigest()])
            text = '\n'.join(['AWS4-HMAC-SHA256', time, scope, hashlib.sha256(canonical.encode()).hexdigest()])
            key = ('AWS4' + os.environ['AWS_SECRET_ACCESS_KEY']).encode()
            for part in scope.split('/'):
                key = hmac.new(key, part.encode(), hashlib.sha256).digest()
            signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
            headers['authorization'] = (
                f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/{scope}, SignedHeaders={signed}, Signature={signature}")
            request = urllib.request.Request(url.geturl(), data, headers, method='POST')
            try:
                with urllib.request.urlopen(request, context=ssl.create_default_context(cafile=os.environ['AWS_CA_BUNDLE'])) as answer:
                    return answer.status
            except urllib.error.HTTPError as error:
                return error.code

        def lambda_handler(event, context):
            status = post(event['requestContext'], f"you said {event.get('body')}".encode())
            refused = event['requestContext']['eventType'] == 'CONNECT' and status != 410
            return {'statusCode': 500 if refused else 200, 'body': str(status)}
        """;

    private static int _names;

    private static string NewName() => $"gateway-{Interlocked.Increment(ref _names)}";

    /// <summary>A function that the gateway may invoke.</summary>
    private async Task<string> Made(string text, int seconds = 20)
    {
        var name = NewName();
        (await server.Create(name, FunctionServer.Zip(("index.mjs", text)), await server.NewRole(), seconds: seconds)).Ok();
        await Permit(name);
        return name;
    }

    private async Task Permit(string name, string? source = null)
    {
        var permission = new JsonObject
        {
            ["StatementId"] = "api-gateway_1",
            ["Action"] = "lambda:InvokeFunction",
            ["Principal"] = "apigateway.amazonaws.com",
        };
        if (source is not null)
        {
            permission["SourceArn"] = source;
        }

        (await server.Lambda("POST", $"{FunctionServer.Functions}/{name}/policy", permission)).Ok();
    }

    /// <summary>An API whose <c>$connect</c> is a function.</summary>
    private Task<TestApi> Door(string function) => TestApi.Deployed(server, ("$connect", function));

    [Theory]
    [InlineData("nodejs20.x", "index.handler", "index.mjs", NodeHandler)]
    [InlineData("python3.12", "lambda_function.lambda_handler", "lambda_function.py", PythonHandler)]
    public async Task A_handler_posts_to_its_client_at_the_address_that_its_event_names(string runtime, string handler, string file, string text)
    {
        var role = await server.NewRole(
            policy: """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*"}}""");
        var name = NewName();
        (await server.Create(name, FunctionServer.Zip((file, text), ("post.mjs", NodePost)), role, runtime, handler)).Ok();
        await Permit(name);
        var api = await TestApi.Deployed(server, ("$connect", name), ("!say", name));

        await using var socket = await GatewaySocket.Open(api.Url);
        const string said = """{"action":"say","what":"hällo"}""";
        await socket.Send(said);

        Assert.Equal(["you said " + said, "200"], [await socket.Next(), await socket.Next()]);
    }

    [Theory]
    [InlineData("export const handler = async () => ({ statusCode: 200 });", 101)]
    [InlineData("export const handler = async () => ({ statusCode: 401, body: 'no' });", 401)]
    [InlineData("export const handler = async () => ({ statusCode: 500 });", 500)]
    [InlineData("export const handler = async () => { throw new Error('no'); };", 502)]
    [InlineData("export const handler = async () => 'rubbish';", 502)]
    [InlineData("export const handler = async () => {};", 502)]
    [InlineData("export const handler = async () => ({ statusCode: 'odd' });", 502)]
    [InlineData("export const handler = async () => process.exit(3);", 502)]
    [InlineData("export const handler = () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); };", 502)]
    [InlineData("export const handler = (", 502)]
    [InlineData("export const other = async () => ({ statusCode: 200 });", 502)]
    public async Task What_a_function_makes_of_a_handshake_is_its_status(string text, int status)
    {
        var api = await Door(await Made(text));

        Assert.Equal(status, await GatewaySocket.Status(api.Url));
    }

    [Fact]
    public async Task A_function_that_hangs_is_502_by_its_own_time_and_504_by_the_integration_s()
    {
        const string hang = "export const handler = () => new Promise((done) => setTimeout(done, 60000));";
        var own = await Door(await Made(hang, seconds: 1));
        var name = await Made(hang);
        var impatient = await TestApi.Make(server);
        var integration = await impatient.Function(name);
        (await impatient.Call("PATCH", $"/integrations/{integration}", new JsonObject { ["timeoutInMillis"] = 300 })).Ok();
        await impatient.Route("$connect", integration);
        await impatient.Deploy();

        Assert.Equal(502, await GatewaySocket.Status(own.Url));
        Assert.Equal(504, await GatewaySocket.Status(impatient.Url));
    }

    [Fact]
    public async Task A_client_hears_of_messages_that_fail_and_is_served_on()
    {
        var api = await TestApi.Deployed(
            server,
            ("throw", await Made("export const handler = async () => { throw new Error('no'); };")),
            ("nothing", await Made("export const handler = async () => {};")),
            ("die", await Made("export const handler = async () => process.exit(1);")),
            ("!good", await Made(Good)));
        await using var socket = await GatewaySocket.Open(api.Url);

        foreach (var action in new[] { "throw", "nothing", "die" })
        {
            var frame = JsonNode.Parse(await socket.Ask($$"""{"action":"{{action}}"}"""))!;
            Assert.Equal("Internal server error", (string?)frame["message"]);
        }

        Assert.Equal("""{"action":"good"}""", await socket.Ask("""{"action":"good"}"""));
    }

    [Fact]
    public async Task More_messages_than_processes_are_all_handled()
    {
        var api = await TestApi.Deployed(server, ("!$default", await Made(Good)));
        await using var socket = await GatewaySocket.Open(api.Url);
        var said = Enumerable.Range(0, 40).Select(i => $"message {i}").ToList();

        foreach (var text in said)
        {
            await socket.Send(text);
        }

        var heard = new List<string>();
        while (heard.Count < said.Count)
        {
            heard.Add(await socket.Next());
        }

        Assert.Equal(said.Order(StringComparer.Ordinal), heard.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Only_a_permission_for_the_route_lets_the_gateway_invoke_a_function()
    {
        var name = NewName();
        (await server.Create(name, FunctionServer.Zip(("index.mjs", Good)), await server.NewRole())).Ok();
        var api = await Door(name);
        string Source(string rest) => $"arn:aws:execute-api:{LiveServer.Region}:{LiveServer.Account}:{api.Id}/{rest}";

        Assert.Equal(500, await GatewaySocket.Status(api.Url));
        foreach (var (source, status) in new[] { ("*/$disconnect", 500), ("prod/*", 500), ("*/$connect", 101), ("*", 101), ("dev/$connect", 101) })
        {
            await Permit(name, Source(source));
            Assert.Equal((source, status), (source, await GatewaySocket.Status(api.Url)));
            (await server.Lambda("DELETE", $"{FunctionServer.Functions}/{name}/policy/api-gateway_1")).Ok();
        }

        Assert.Equal(500, await GatewaySocket.Status(api.Url));
        Assert.Contains(
            server.Log.Lines, l => l.Contains($"Nothing lets apigateway.amazonaws.com invoke the function {name}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_role_of_the_integration_s_may_let_it_instead()
    {
        var name = NewName();
        (await server.Create(name, FunctionServer.Zip(("index.mjs", Good)), await server.NewRole())).Ok();
        var may = $$$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"{{{TestFunctions.Arn(name)}}}"}}""";
        var roles = new[]
        {
            (await server.NewRole("apigateway", may), 101), (await server.NewRole("apigateway"), 500), (await server.NewRole("lambda", may), 500),
        };
        foreach (var (role, status) in roles)
        {
            var api = await TestApi.Make(server);
            var integration = await api.Function(name);
            (await api.Call("PATCH", $"/integrations/{integration}", new JsonObject { ["credentialsArn"] = role })).Ok();
            await api.Route("$connect", integration);
            await api.Deploy();

            Assert.Equal(status, await GatewaySocket.Status(api.Url));
        }
    }

    [Fact]
    public async Task An_authorizer_is_a_function_too()
    {
        var guard = await Made("""
            export const handler = async (event) => {
              if (event.queryStringParameters.token === 'none') throw 'Unauthorized';
              return {
                principalId: 'ann',
                policyDocument: {
                  Version: '2012-10-17',
                  Statement: [{ Action: 'execute-api:Invoke', Effect: event.queryStringParameters.token === 'yes' ? 'Allow' : 'Deny', Resource: event.methodArn }],
                },
                context: { level: 3 },
              };
            };
            """);
        var told = await Made("export const handler = async ({ requestContext: { authorizer } }) => ({ statusCode: authorizer.level === '3' ? 200 : 500 });");
        var api = await TestApi.Make(server);
        var authorizer = (await api.Call("POST", "/authorizers", new JsonObject
        {
            ["name"] = "guard",
            ["authorizerType"] = "REQUEST",
            ["authorizerUri"] = $"arn:aws:apigateway:{LiveServer.Region}:lambda:path/2015-03-31/functions/{TestFunctions.Arn(guard)}/invocations",
            ["identitySource"] = new JsonArray("route.request.querystring.token"),
        })).Text("authorizerId");
        await api.Route("$connect", await api.Function(told), more: new() { ["authorizationType"] = "CUSTOM", ["authorizerId"] = authorizer });
        await api.Deploy();
        Task<int> Status(string query) => GatewaySocket.Status(new(api.Url + query));

        Assert.Equal((101, 403, 401, 401), (await Status("?token=yes"), await Status("?token=no"), await Status("?token=none"), await Status("")));
    }

    [Fact]
    public async Task A_function_that_is_elsewhere_is_asked_at_its_endpoint()
    {
        server.Elsewhere.Answer = call => Task.FromResult(
            (200, $$"""{"statusCode":200,"body":"{{(string?)JsonNode.Parse(call.Body)!["requestContext"]!["routeKey"]}}"}"""));
        var api = await TestApi.Make(server);
        var integration = (await api.Call("POST", "/integrations", new JsonObject
        {
            ["integrationType"] = "AWS_PROXY",
            ["integrationUri"] = "arn:aws:lambda:eu-west-1:999988887777:function:far:live",
        })).Text("integrationId");
        await api.Route("$connect", integration);
        await api.Route("$default", integration, twoWay: true);
        await api.Deploy();

        await using var socket = await GatewaySocket.Open(api.Url);

        Assert.Equal("$default", await socket.Ask("x"));
        Assert.All(
            server.Elsewhere.Calls.TakeLast(2),
            call => Assert.Equal("2015-03-31/functions/arn:aws:lambda:eu-west-1:999988887777:function:far:live/invocations", Uri.UnescapeDataString(call.Route)));
    }

    [Fact]
    public async Task A_variable_that_the_stage_does_not_have_fails_its_route_alone()
    {
        var api = await TestApi.Make(server);
        var integration = (await api.Call("POST", "/integrations", new JsonObject
        {
            ["integrationType"] = "AWS_PROXY",
            ["integrationUri"] = TestFunctions.Arn("${stageVariables.function}"),
        })).Text("integrationId");
        await api.Route("ask", integration, twoWay: true);
        await api.Route("$default", await api.Function(await Made(Good)), twoWay: true);
        await api.Deploy();
        await using var socket = await GatewaySocket.Open(api.Url);

        Assert.Contains("Internal server error", await socket.Ask("""{"action":"ask"}"""), StringComparison.Ordinal);
        Assert.Equal("x", await socket.Ask("x"));
        await api.Deploy(new JsonObject { ["stageVariables"] = new JsonObject { ["function"] = await Made(Good) } });
        Assert.Equal("""{"action":"ask"}""", await socket.Ask("""{"action":"ask"}"""));
    }
}
