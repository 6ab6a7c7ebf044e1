using Carillon.Sql.Sqlite;
using Carillon.Tests.Backends;
using Xunit;

namespace Carillon.Tests.Server.Operations;

/// <summary>
/// Every bound of the service models, enforced: SDKs send what breaks them. For each operation of the catalogue the cases
/// are generated from the contract, each spoils one member of a request that is good otherwise. The clock stands still, so
/// nothing happens but what is asked for.
/// </summary>
public class LimitsTests(TimedServer server) : IClassFixture<TimedServer>
{
    public static TheoryData<string> Names => [.. Contract.Served];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_breaks_a_bound_is_a_bad_request_that_changes_nothing_and_what_touches_it_is_not(string name)
    {
        var contract = Contract.All[name];
        var world = await World.Make(server);
        var cases = ContractCase.Of(contract);
        using var database = new SqliteDatabase(server.DataFile).OpenReader();
        var before = Audit.DumpAll(database);

        var wrong = (await Task.WhenAll(cases.Where(c => c.Refused).Select(c => Judge(contract, world, c)))).ToList();
        Assert.Equal(before, Audit.DumpAll(database));

        // What touches a bound may do its work, and then the next may find that nothing is left to do.
        wrong.AddRange(await Task.WhenAll(cases.Where(c => !c.Refused).Select(c => Judge(contract, world, c))));

        Assert.True(wrong.All(w => w is null), string.Join('\n', wrong.Where(w => w is not null)));
    }

    private async Task<string?> Judge(Contract contract, World world, ContractCase c)
    {
        var request = ContractRequest.Of(contract, world);
        c.Spoil(request);
        var answer = await request.Send(server.Root);
        var refused = answer.Status == 400 && answer.ErrorType == "BadRequestException"
            && (string?)answer.Json["Code"] == "BadRequest" && IsOfTheLimits((string)answer.Json["Message"]!);
        return refused == c.Refused && answer.Status < 500 ? null : $"{c.Member.Name} {c.Kind}: {answer.Status} {answer.Body}";
    }

    /// <summary>Rules of the service have sentences of their own; tests of the operations cover these.</summary>
    private static bool IsOfTheLimits(string message) =>
        message.Contains("failed to satisfy constraint", StringComparison.Ordinal)
        || message.StartsWith("The request body cannot be read at $.", StringComparison.Ordinal)
        || message.StartsWith("The query parameter '", StringComparison.Ordinal);
}
