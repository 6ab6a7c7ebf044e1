using System.Text.Json;
using System.Text.Json.Nodes;

namespace Carillon.Core.Functions;

/// <summary>Functions of this account: made, changed, taken away, and who may invoke them.</summary>
public static class LocalFunctions
{
    /// <summary>Events that may wait. Ours.</summary>
    public const int MostEvents = 10_000;

    /// <summary>Bytes of a policy (Lambda quotas, "Function resource-based policy").</summary>
    public const int LongestPolicy = 20 * 1024;

    /// <summary>Attempts of an asynchronous invocation ("Error handling for asynchronous invocation", Lambda developer guide).</summary>
    public const int MostAttempts = 3;

    /// <summary>How long an asynchronous invocation is tried (the same page).</summary>
    public static readonly TimeSpan LongestEvent = TimeSpan.FromHours(6);

    /// <summary>For loading the function, and waiting for its turn. Ours.</summary>
    private static readonly TimeSpan AroundAttempt = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestAttempt = TimeSpan.FromMinutes(15) + AroundAttempt;

    /// <exception cref="Refusal">FunctionExists.</exception>
    public static Function Create(
        ILedger ledger, string name, FunctionSettings settings, byte[]? variables, FunctionCode code) =>
        ledger.FindFunction(name) is null
            ? ledger.AddFunction(name, settings, variables, code, NewRevision())
            : throw new Refusal(Reason.FunctionExists, $"Function already exist: {name}");

    /// <exception cref="Refusal">FunctionUnknown; FunctionRevisionPassed: <paramref name="revision"/> is another than the function's.</exception>
    public static Function Change(ILedger ledger, string name, string? revision, Func<Function, Function> change)
    {
        var function = Find(ledger, name);
        Require(function, revision);
        return ledger.UpdateFunction(change(function) with { Revision = NewRevision() });
    }

    /// <exception cref="Refusal">FunctionUnknown.</exception>
    public static Function Delete(ILedger ledger, string name)
    {
        var function = Find(ledger, name);
        ledger.DeleteFunction(function);
        return function;
    }

    /// <exception cref="Refusal">FunctionUnknown.</exception>
    public static Function Find(IFunctionView view, string name) =>
        view.FindFunction(name) ?? throw new Refusal(Reason.FunctionUnknown);

    /// <param name="statement">With its Sid.</param>
    /// <exception cref="Refusal">FunctionUnknown, FunctionPermissionExists, FunctionRevisionPassed, QuotaReached.</exception>
    public static void Permit(ILedger ledger, string name, string? revision, string sid, JsonObject statement) =>
        Change(ledger, name, revision, function =>
        {
            var statements = Statements(function);
            if (statements.Any(s => IsOf(s, sid)))
            {
                throw new Refusal(
                    Reason.FunctionPermissionExists,
                    $"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the existing statement.");
            }

            statements.Add(statement.DeepClone());
            var policy = statements.ToJsonString();
            return policy.Length <= LongestPolicy
                ? function with { Policy = policy }
                : throw new Refusal(Reason.QuotaReached, $"The final policy size ({policy.Length}) is bigger than the limit ({LongestPolicy}).");
        });

    /// <exception cref="Refusal">FunctionUnknown, FunctionPermissionUnknown, FunctionRevisionPassed.</exception>
    public static void Forbid(ILedger ledger, string name, string? revision, string sid) =>
        Change(ledger, name, revision, function =>
        {
            var statements = Statements(function);
            var statement = statements.FirstOrDefault(s => IsOf(s, sid))
                ?? throw new Refusal(Reason.FunctionPermissionUnknown, $"Statement {sid} is not found in resource policy.");
            statements.Remove(statement);
            return function with { Policy = statements.Count > 0 ? statements.ToJsonString() : null };
        });

    /// <summary>Keeps an asynchronous invocation until it has ended.</summary>
    /// <exception cref="Refusal">FunctionEventsFull: too many wait.</exception>
    public static void Post(ILedger ledger, string name, string requestId, byte[] payload)
    {
        if (ledger.CountFunctionEvents(MostEvents) >= MostEvents)
        {
            throw new Refusal(Reason.FunctionEventsFull);
        }

        ledger.AddFunctionEvent(new(0, name, requestId, payload, 0, ledger.Now));
    }

    /// <summary>Takes those whose turn has come, each for as long as an attempt may last.</summary>
    public static IReadOnlyList<FunctionEvent> Claim(ILedger ledger, int most)
    {
        var claimed = ledger.ClaimFunctionEvents(most, ledger.Now.Plus(LongestAttempt));
        foreach (var happened in claimed)
        {
            if (ledger.FindFunction(happened.Name) is { } function)
            {
                var patience = TimeSpan.FromSeconds(function.Settings.Timeout) + AroundAttempt;
                ledger.PostponeFunctionEvent(happened.Key, happened.Attempts, ledger.Now.Plus(patience));
            }
        }

        return claimed;
    }

    /// <summary>After an attempt at which the function failed: another a minute later, a third two minutes after that.</summary>
    /// <returns>False where that was the last one.</returns>
    public static bool Failed(ILedger ledger, FunctionEvent happened)
    {
        var attempts = happened.Attempts + 1;
        if (attempts >= MostAttempts || IsOver(ledger, happened))
        {
            ledger.EndFunctionEvent(happened.Key);
            return false;
        }

        ledger.PostponeFunctionEvent(happened.Key, attempts, ledger.Now.Plus(TimeSpan.FromMinutes(attempts)));
        return true;
    }

    /// <summary>It could not begin, and is tried again.</summary>
    /// <returns>False where it is too old for that.</returns>
    public static bool Postponed(ILedger ledger, FunctionEvent happened, TimeSpan pause)
    {
        if (IsOver(ledger, happened))
        {
            ledger.EndFunctionEvent(happened.Key);
            return false;
        }

        ledger.PostponeFunctionEvent(happened.Key, happened.Attempts, ledger.Now.Plus(pause));
        return true;
    }

    private static bool IsOver(ILedger ledger, FunctionEvent happened) => happened.Asked.Plus(LongestEvent) <= ledger.Now;

    private static void Require(Function function, string? revision)
    {
        if (revision is not null && revision != function.Revision)
        {
            throw new Refusal(Reason.FunctionRevisionPassed);
        }
    }

    private static JsonArray Statements(Function function) =>
        function.Policy is null ? [] : JsonNode.Parse(function.Policy)!.AsArray();

    private static bool IsOf(JsonNode? statement, string sid) => statement!["Sid"]!.GetValueKind() == JsonValueKind.String
        && statement["Sid"]!.GetValue<string>() == sid;

    private static string NewRevision() => Guid.NewGuid().ToString();
}
