using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Carillon.Load.Counting;
using Carillon.Load.Protocols;
using Carillon.Load.Servers;

namespace Carillon.Load.Scenarios;

/// <summary>What it takes to ask a warm Node function by a WebSocket API and to hear its answer, one message at a time.</summary>
internal static class FunctionCalls
{
    private const string Account = "123456789012";

    public static async Task<Figures> Run(Setting setting)
    {
        // Functions may run as another user, who reads no folder but this.
        var code = Directory.CreateTempSubdirectory("carillon-function-").FullName;
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(code, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                    | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
            }

            File.WriteAllText(Path.Combine(code, "index.mjs"), """
                export const handler = async event => {
                  const began = performance.now();
                  const { text } = JSON.parse(event.body);
                  return { statusCode: 200, body: `${text.length} ${performance.now() - began}` };
                };
                """);
            var data = setting.Places.Folder();
            File.WriteAllText(Path.Combine(data, "functions.json"), $$"""
                {"Functions": [{"FunctionName": "own", "Runtime": "nodejs20.x", "Handler": "index.handler", "Folder": "{{code}}", "Timeout": 10}]}
                """);
            File.WriteAllText(Path.Combine(data, "gateway.json"), $$"""
                [{
                  "api": {"apiId": "bench", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action"},
                  "integrations": [{"integrationId": "own", "integrationType": "AWS_PROXY", "integrationUri": "arn:aws:lambda:us-east-1:{{Account}}:function:own"}],
                  "routes": [{"routeId": "own", "routeKey": "own", "target": "integrations/own", "routeResponseSelectionExpression": "$default"}],
                  "routeResponses": [{"routeId": "own", "routeResponseKey": "$default"}],
                  "stages": [{"stageName": "production"}]
                }]
                """);
            using var server = await CarillonServer.Start(setting, data, "--functions", "--gateway-limits", "Frames=1000000");
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new($"ws://127.0.0.1:{server.Port}/ws/bench/production"), CancellationToken.None);
            var message = Encoding.ASCII.GetBytes($$"""{"action":"own","text":"{{new string('x', setting.Content)}}"}""");
            await Ask(socket, message, setting.Content, setting.Warm, new(), new());
            var (above, own) = (new Histogram(), new Histogram());
            var cpu = server.Process.Cpu();
            var (count, seconds) = await Ask(socket, message, setting.Content, setting.Measured, above, own);
            return new Figures().Put("above_p50_ms", Stand.Milliseconds(above.Quantile(0.5))).Put("above_p99_ms", Stand.Milliseconds(above.Quantile(0.99)))
                .Put("own_p50_ms", Stand.Milliseconds(own.Quantile(0.5))).Put("calls_per_second", count / seconds)
                .Put("call_cpu_us", (server.Process.Cpu() - cpu) / count * 1e6);
        }
        finally
        {
            Directory.Delete(code, recursive: true);
        }
    }

    /// <param name="above">From the sending to the hearing, without what the function says it took itself.</param>
    /// <param name="own">The rest.</param>
    private static async Task<(int Count, double Seconds)> Ask(
        ClientWebSocket socket, byte[] message, int content, TimeSpan time, Histogram above, Histogram own)
    {
        var buffer = new byte[4_096];
        var clock = Stopwatch.StartNew();
        for (var count = 1; ; count++)
        {
            var began = Stopwatch.GetTimestamp();
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            var answer = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            var took = Stopwatch.GetTimestamp() - began;
            var text = Encoding.ASCII.GetString(buffer, 0, answer.Count);
            if (text.Split(' ') is not [var length, var self] || length != $"{content}"
                || !double.TryParse(self, CultureInfo.InvariantCulture, out var milliseconds))
                throw new RunFailed($"The function was to answer with a length and a time, and said {text}");
            var ticks = (long)(milliseconds / 1000 * Stopwatch.Frequency);
            own.Add(ticks);
            above.Add(took - ticks);
            if (clock.Elapsed >= time) return (count, clock.Elapsed.TotalSeconds);
        }
    }
}
