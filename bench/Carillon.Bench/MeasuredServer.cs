using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Wire.SigV4;

namespace Carillon.Bench;

/// <summary>A server in a process of its own, and a client to it.</summary>
internal sealed class MeasuredServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string? _temporary;
    private readonly SigV4Signer _signer;
    private readonly string _host;

    private MeasuredServer(Process process, Address address, string? temporary, int connections)
    {
        _process = process;
        _temporary = temporary;
        _signer = new(new(address.AccessKeyId, address.SecretAccessKey), "us-east-1", "chime", TimeProvider.System);
        _host = $"127.0.0.1:{address.Port}";
        Http = new(new SocketsHttpHandler { MaxConnectionsPerServer = connections }) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public HttpClient Http { get; }

    public static async Task<MeasuredServer> Start(BenchOptions options)
    {
        var temporary = options.Data is null ? Directory.CreateTempSubdirectory("carillon-bench-").FullName : null;
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add("serve");
        start.ArgumentList.Add("--data");
        start.ArgumentList.Add(temporary ?? options.Data!);
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server did not start.");
        return new(process, JsonSerializer.Deserialize(line, BenchJson.Default.Address)!, temporary, options.Connections);
    }

    public async Task<Usage> Usage()
    {
        await _process.StandardInput.WriteLineAsync("usage");
        await _process.StandardInput.FlushAsync();
        return JsonSerializer.Deserialize((await _process.StandardOutput.ReadLineAsync())!, BenchJson.Default.Usage)!;
    }

    public HttpRequestMessage Request(string method, string target, string? bearer, byte[] body, bool declare = false)
    {
        List<HeaderField> headers = [new("Host", _host), new("Content-Type", "application/json")];
        if (bearer is not null)
        {
            headers.Add(new("x-amz-chime-bearer", bearer));
        }

        var request = new HttpRequestMessage(new(method), new Uri($"http://{_host}{target}", new UriCreationOptions
        {
            DangerousDisablePathAndQueryCanonicalization = true,
        }))
        {
            Content = new ByteArrayContent(body),
        };
        foreach (var field in headers.Concat(_signer.Sign(method, target, headers, body, declare)))
        {
            if (field.Name == "Content-Type")
            {
                request.Content.Headers.TryAddWithoutValidation(field.Name, field.Value);
            }
            else if (field.Name != "Host")
            {
                request.Headers.TryAddWithoutValidation(field.Name, field.Value);
            }
        }

        return request;
    }

    public async Task<JsonNode> Send(string method, string target, string? bearer, string body)
    {
        using var request = Request(method, target, bearer, Encoding.UTF8.GetBytes(body));
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new InvalidOperationException($"{(int)response.StatusCode} {text}");
    }

    /// <summary>Holds 100,000 members.</summary>
    private const string Elastic =
        """{"MaximumSubChannels":100,"TargetMembershipsPerSubChannel":1000,"MinimumMembershipPercentage":10}""";

    /// <summary>An app instance with a host, the host's elastic channel and the sub-channel that the host is in.</summary>
    public async Task<(string App, string Host, string Channel, string SubChannel)> SetUp()
    {
        var app = (string)(await Send("POST", "/app-instances", null, """{"Name":"bench","ClientRequestToken":"app"}"""))["AppInstanceArn"]!;
        var host = (string)(await Send(
            "POST", "/app-instance-users", null,
            $$"""{"AppInstanceArn":"{{app}}","AppInstanceUserId":"host","Name":"Host","ClientRequestToken":"host"}"""))["AppInstanceUserArn"]!;
        var channel = (string)(await Send(
            "POST", "/channels", host,
            $$"""{"AppInstanceArn":"{{app}}","Name":"bench","ClientRequestToken":"channel","ElasticChannelConfiguration":{{Elastic}}}"""))["ChannelArn"]!;
        var path = $"/channels/{Uri.EscapeDataString(channel)}";
        var sub = (string)(await Send("GET", $"{path}/subchannels", host, ""))["SubChannels"]![0]!["SubChannelId"]!;
        await Send(
            "POST", $"{path}/memberships", host, $$"""{"MemberArn":"{{host}}","Type":"DEFAULT","SubChannelId":"{{sub}}"}""");
        return (app, host, channel, sub);
    }

    /// <summary>Runs something and prints what it cost the server.</summary>
    public async Task Measure(string what, int items, Func<Task> run)
    {
        var before = await Usage();
        var client = Bench.Usage.Now();
        var clock = Stopwatch.StartNew();
        await run();
        var seconds = clock.Elapsed.TotalSeconds;
        var after = await Usage();
        var processor = after.Processor - before.Processor;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-36} {items,8} items {seconds,7:f2} s {items / seconds,8:f0}/s   server: {processor,6:f2} CPU s, {processor / items * 1e6,6:f1} us and {(after.Allocated - before.Allocated) / items,7} B an item, {after.Collections - before.Collections,4} GCs, {after.Resident >> 20,4} MiB   client: {Bench.Usage.Now().Processor - client.Processor,6:f2} CPU s"));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_temporary is not null)
        {
            Directory.Delete(_temporary, recursive: true);
        }
    }
}
