namespace Carillon.Core.Functions;

/// <summary>Reads about functions.</summary>
public interface IFunctionView
{
    Function? FindFunction(string name);

    /// <summary>In the order of their keys.</summary>
    Page<Function> ListFunctions(int size, long? after);

    /// <summary>Whether any function has this code.</summary>
    bool HasCode(string sha256);

    /// <summary>Events that wait, counted up to a bound.</summary>
    long CountFunctionEvents(int most);
}

public interface IFunctionLedger
{
    Function AddFunction(string name, FunctionSettings settings, byte[]? variables, FunctionCode code, string revision);

    /// <summary>Stores everything but key, name and creation, and now as the time of the change.</summary>
    Function UpdateFunction(Function function);

    /// <summary>With the events that wait for it.</summary>
    void DeleteFunction(Function function);

    void AddFunctionEvent(FunctionEvent happened);

    /// <summary>
    /// Those whose turn has come, the longest waiting first. They are not due again before <paramref name="until"/>, so that no other
    /// machine takes them meanwhile.
    /// </summary>
    IReadOnlyList<FunctionEvent> ClaimFunctionEvents(int most, Instant until);

    /// <summary>Another attempt at another time.</summary>
    void PostponeFunctionEvent(long key, int attempts, Instant due);

    void EndFunctionEvent(long key);
}
