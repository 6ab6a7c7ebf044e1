using System.Text.Json;
using Carillon.Core;
using Carillon.Core.Functions;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    public Function AddFunction(string name, FunctionSettings settings, byte[]? variables, FunctionCode code, string revision)
    {
        var key = Connection.Number(
            """
            insert into function(name, settings, variables, code, code_size, revision, created, modified)
            values ($1, $2, $3, $4, $5, $6, $7, $7) returning key
            """,
            name, Json(settings), variables, code.Sha256, code.Size, revision, Now.Microseconds)!.Value;
        return new(key, name, settings, variables, code, revision, null, Now, Now);
    }

    public Function UpdateFunction(Function function)
    {
        Connection.Execute(
            """
            update function set settings = $2, variables = $3, code = $4, code_size = $5, revision = $6, policy = $7, modified = $8
            where key = $1
            """,
            function.Key, Json(function.Settings), function.Variables, function.Code.Sha256, function.Code.Size, function.Revision,
            function.Policy, Now.Microseconds);
        return function with { Modified = Now };
    }

    public void DeleteFunction(Function function)
    {
        Connection.Execute("delete from function_event where name = $1", function.Name);
        Connection.Execute("delete from function where key = $1", function.Key);
    }

    public void AddFunctionEvent(FunctionEvent happened) => Connection.Execute(
        "insert into function_event(name, request, payload, attempts, asked, due) values ($1, $2, $3, $4, $5, $5)",
        happened.Name, happened.RequestId, happened.Payload, happened.Attempts, happened.Asked.Microseconds);

    public IReadOnlyList<FunctionEvent> ClaimFunctionEvents(int most, Instant until)
    {
        var due = Connection.Query(
            "select key, name, request, payload, attempts, asked from function_event where due <= $1 order by due, key limit $2",
            row => new FunctionEvent(
                row.Integer(0), row.Text(1), row.Text(2), row.Blob(3), (int)row.Integer(4), Rows.Time(row, 5)),
            Now.Microseconds, most);
        foreach (var happened in due)
        {
            Connection.Execute("update function_event set due = $2 where key = $1", happened.Key, until.Microseconds);
        }

        return due;
    }

    public void PostponeFunctionEvent(long key, int attempts, Instant due) => Connection.Execute(
        "update function_event set attempts = $2, due = $3 where key = $1", key, (long)attempts, due.Microseconds);

    public void EndFunctionEvent(long key) => Connection.Execute("delete from function_event where key = $1", key);

    private static string Json(FunctionSettings settings) =>
        JsonSerializer.Serialize(settings, FunctionJson.Default.FunctionSettings);
}
