using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Load.Protocols;

namespace Carillon.Load.Servers;

/// <summary>The events app as a program of its own, with one show that is on. It speaks to no platform: pages need none.</summary>
internal sealed class EventsServer : IDisposable
{
    /// <summary>Tickets that one request makes.</summary>
    private const int mostTickets = 10_000;

    private readonly HttpClient _http;
    private string _show = "";
    private string _slug = "";
    private string _staff = "";

    private EventsServer(ServerProcess process, int port)
    {
        (Process, Port) = (process, port);
        _http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { BaseAddress = new($"http://127.0.0.1:{port}") };
        _http.DefaultRequestHeaders.Add("Origin", $"http://127.0.0.1:{port}");
    }

    public ServerProcess Process { get; }

    public int Port { get; }

    /// <summary>Where a page's socket is.</summary>
    public string Target => $"/events/api/shows/{_slug}/socket";

    public static async Task<EventsServer> Start(Setting setting)
    {
        var (data, port) = (setting.Places.Folder(), ServerProcess.FreePort());
        var link = await Told("dotnet", setting.Places.Events, "account", "add", "bench", "--Data", data, "--Listen", $"http://127.0.0.1:{port}");
        var process = ServerProcess.Start(setting.ServerCores,
        [
            "env", "AWS_ACCESS_KEY_ID=none", "AWS_SECRET_ACCESS_KEY=none", "Logging__LogLevel__Default=Warning",
            "dotnet", setting.Places.Events, "--Data", data, "--Listen", $"http://127.0.0.1:{port}", "--MostSockets", "20000",
        ]);
        var server = new EventsServer(process, port);
        try
        {
            await process.Answers(new Uri($"http://127.0.0.1:{port}/events/api/shows"));
            await server.Publish(link.Split('#', 2)[1].Split('\n', 2)[0].Trim());
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Browsers that have come in, each with a ticket of its own: what their cookies hold.</summary>
    public async Task<string[]> Enter(int count)
    {
        var codes = new List<string>();
        while (codes.Count < count)
        {
            var made = await Ask(HttpMethod.Post, $"/organise/shows/{_show}/tickets", new() { ["count"] = Math.Min(mostTickets, count - codes.Count) });
            codes.AddRange(made["codes"]!.AsArray().Select(ticket => (string)ticket!["code"]!));
        }

        var cookies = new string[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, cancel) =>
        {
            using var answer = await _http.PostAsJsonAsync($"/events/api/shows/{_slug}/enter", new { code = codes[i] }, cancel);
            if (!answer.IsSuccessStatusCode) throw new RunFailed($"A fan was not let in: {answer.StatusCode}");
            cookies[i] = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        });
        return cookies;
    }

    private async Task Publish(string token)
    {
        using var signedIn = await _http.PostAsJsonAsync("/events/api/sign-in", new { token });
        _staff = signedIn.EnsureSuccessStatusCode().Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var show = await Ask(HttpMethod.Post, "/organise/shows", new() { ["title"] = "Bench" });
        (_show, _slug) = ((string)show["id"]!, (string)show["slug"]!);
        var now = DateTimeOffset.UtcNow;
        show["artist"] = "Bench";
        show["startsAt"] = now.AddHours(-1);
        show["endsAt"] = now.AddHours(10);
        show["tickets"] = new JsonObject { ["planned"] = 1000, ["tiers"] = new JsonArray("standard") };
        await Ask(HttpMethod.Put, $"/organise/shows/{_show}", show);
        await Ask(HttpMethod.Post, $"/organise/shows/{_show}/publish", []);
    }

    private async Task<JsonObject> Ask(HttpMethod method, string path, JsonObject body)
    {
        using var request = new HttpRequestMessage(method, "/events/api" + path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Cookie", _staff);
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize<JsonObject>(text)!
            : throw new RunFailed($"{method} {path} was answered with {answer.StatusCode}: {text}");
    }

    private static async Task<string> Told(string program, params string[] arguments)
    {
        using var asked = System.Diagnostics.Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var told = await asked.StandardOutput.ReadToEndAsync();
        await asked.WaitForExitAsync();
        return asked.ExitCode == 0 ? told : throw new RunFailed($"{string.Join(' ', arguments)} ended with {asked.ExitCode}.");
    }

    public void Dispose()
    {
        _http.Dispose();
        Process.Dispose();
    }
}
