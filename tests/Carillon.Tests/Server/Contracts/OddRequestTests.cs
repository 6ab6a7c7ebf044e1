using System.Collections.Concurrent;
using System.Globalization;
using Carillon.Sql;
using Carillon.Sql.Sqlite;
using Carillon.Tests.Backends;
using Carillon.Tests.Server.Operations;
using Xunit;

namespace Carillon.Tests.Server.Contracts;

/// <summary>
/// Odd requests of every operation in the catalogue, signed and over the wire: whatever comes, the answer is one of the
/// API's, what is refused changes nothing, and the next good request works. CARILLON_SEED and CARILLON_CASES repeat or
/// widen a run. The clock stands still, so nothing happens but what is asked for.
/// </summary>
public sealed class OddRequestTests(TimedServer server, ITestOutputHelper output) : IClassFixture<TimedServer>
{
    /// <summary>Far beyond what any answer takes: an answer that is not there by then never comes.</summary>
    private static readonly TimeSpan _hanging = TimeSpan.FromSeconds(30);

    private static readonly int _seed = Number("CARILLON_SEED") ?? 20261121;
    private static readonly int _cases = Number("CARILLON_CASES") ?? 25_000;

    private readonly ConcurrentQueue<string> _wrong = new();
    private int _sent;
    private int _refused;

    [Fact]
    public async Task Whatever_comes_is_answered_and_what_is_refused_changes_nothing()
    {
        output.WriteLine($"seed {_seed}, {_cases} cases");
        var names = Contract.Served.ToList();
        foreach (var name in names)
        {
            await Run(Contract.All[name], (_cases + names.Count - 1) / names.Count);
        }

        output.WriteLine($"{_sent} sent, {_refused} refused");
        Assert.True(_wrong.IsEmpty, $"seed {_seed}\n{string.Join('\n', _wrong.Take(20))}");
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));
        Assert.InRange(_refused, _sent / 2, _sent - (_sent / 100));
    }

    private async Task Run(Contract contract, int count)
    {
        var world = await World.Make(server);
        var odd = new OddRequests(_seed, contract, world);
        var byVerdict = Enumerable.Range(0, count).Select(_ => odd.Next()).ToLookup(r => MustBeRefused(contract, r));
        using var database = new SqliteDatabase(server.DataFile).OpenReader();

        var before = Version(database);
        await Parallel.ForEachAsync(
            byVerdict[true], new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (request, _) =>
            {
                if (await Send(request) is { Status: < 400 } answer)
                {
                    _wrong.Enqueue($"{contract.Name} took {request}: {answer.Status}");
                }
            });
        if (Version(database) != before)
        {
            _wrong.Enqueue($"{contract.Name}: refused requests changed something");
        }

        // The others may do their work; one after the other, so that it is seen who changed something.
        foreach (var request in byVerdict[false])
        {
            before = Version(database);
            if (await Send(request) is { Status: >= 400 } && Version(database) != before)
            {
                _wrong.Enqueue($"{contract.Name} refused and changed something: {request}");
            }
        }

        // The next good requests work, and a change is seen where there is one.
        before = Version(database);
        await World.Make(server);
        Assert.NotEqual(before, Version(database));
    }

    private static bool MustBeRefused(Contract contract, OddRequest request) =>
        NaiveLimits.Judge(contract, request) is { } verdict && verdict != "0";

    private async Task<Answer> Send(OddRequest request)
    {
        var answer = await server.Root.SendBytes(
            request.Method, request.Target, request.Bearer, request.Body.Length == 0 ? null : request.Body,
            contentType: request.ContentType).WaitAsync(_hanging);
        Interlocked.Increment(ref _sent);
        if (answer.Status >= 400)
        {
            Interlocked.Increment(ref _refused);
        }

        if (WhatIsWrong(request, answer) is { } wrong)
        {
            _wrong.Enqueue($"{wrong}: {answer.Status} {answer.ErrorType} {answer.Body} for {request}");
        }

        return answer;
    }

    private static string? WhatIsWrong(OddRequest request, Answer answer)
    {
        if (answer.Status is < 200 or >= 500 or (>= 300 and < 400))
        {
            return "No answer of the API";
        }

        if (answer.Body.Contains("   at ", StringComparison.Ordinal))
        {
            return "A stack trace";
        }

        if (answer.Status < 300)
        {
            return null;
        }

        // What is no HTTP target at all is refused by the web server, before there is a request.
        if (answer is { Status: 400, Body: "", ErrorType: null } && request.Target.Contains("%00", StringComparison.Ordinal))
        {
            return null;
        }

        return answer.ErrorType is not { } type || answer.Header("x-amzn-RequestId") is null ? "No error of AWS's form"
            : type.StartsWith((string)answer.Json["Code"]!, StringComparison.Ordinal) && answer.Json["Message"] is not null ? null
            : "No body of AWS's form";
    }

    /// <summary>Another number after each commit of another connection.</summary>
    private static long Version(SqlConnection database) => database.Query("pragma data_version", static r => r.Integer(0)).Single();

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
