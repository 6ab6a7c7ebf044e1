using System.Text;
using System.Text.Json.Nodes;
using Carillon.Functions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Functions;

/// <summary>A host of functions in a folder of its own, and the code of functions as texts.</summary>
internal sealed class FunctionHall : IAsyncDisposable
{
    public const string Node = "nodejs20.x";
    public const string Python = "python3.12";

    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-hall-").FullName;
    private int _functions;

    private FunctionHall()
    {
    }

    public FunctionHost Host { get; private set; } = null!;

    public static async Task<FunctionHall> Open(TimeProvider? time = null, int mostPerFunction = 4, int most = 64)
    {
        var hall = new FunctionHall();
        hall.Host = await FunctionHost.Start(
            new(
                hall._folder, Path.Combine(hall._folder, "logs"), "eu-central-1", Environment.IsPrivilegedProcess ? "nobody" : null, null, null,
                mostPerFunction, most),
            time ?? TimeProvider.System, NullLogger<FunctionHost>.Instance);
        return hall;
    }

    public FunctionPlan Plan(
        string runtime, string handler, (string Name, string Text)[] files, int seconds = 20, Dictionary<string, string>? variables = null,
        Func<Surroundings>? surround = null)
    {
        var name = $"function-{++_functions}";
        var folder = Path.Combine(_folder, "code", name);
        foreach (var (path, text) in files)
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        return new(
            name, $"arn:aws:lambda:eu-central-1:123456789012:function:{name}", "1", runtime, handler, folder, TimeSpan.FromSeconds(seconds),
            128, variables ?? [], surround ?? (() => new(new Dictionary<string, string>(), null)));
    }

    /// <summary>A function in one file, <c>index.mjs</c> or <c>lambda_function.py</c>.</summary>
    public FunctionPlan OneFile(string runtime, string text, int seconds = 20) => runtime == Node
        ? Plan(runtime, "index.handler", [("index.mjs", text)], seconds)
        : Plan(runtime, "lambda_function.lambda_handler", [("lambda_function.py", text)], seconds);

    public Task<FunctionOutcome> Run(FunctionPlan plan, string payload = "{}") =>
        Host.Invoke(plan, new(Guid.NewGuid().ToString(), Encoding.UTF8.GetBytes(payload)));

    /// <summary>Waits until the function has printed something.</summary>
    public async Task Printed(FunctionPlan plan, string text)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!Host.LogOf(plan.Name).Latest().Any(l => l.Contains(text, StringComparison.Ordinal)))
        {
            await Task.Delay(5, deadline.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

internal static class Outcomes
{
    public static JsonNode? Json(this FunctionOutcome outcome) => JsonNode.Parse(outcome.Payload);

    public static string Text(this FunctionOutcome outcome) => Encoding.UTF8.GetString(outcome.Payload);

    public static string ErrorType(this FunctionOutcome outcome) => outcome.Json()!["errorType"]!.GetValue<string>();

    public static string ErrorMessage(this FunctionOutcome outcome) => outcome.Json()!["errorMessage"]!.GetValue<string>();
}
