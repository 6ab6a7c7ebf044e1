using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Core.Functions;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    private const string FunctionSelect =
        "select key, name, settings, variables, code, code_size, revision, policy, created, modified from function";

    private static Function ReadFunction(SqlRow row) => new(
        row.Integer(0), row.Text(1), JsonSerializer.Deserialize(row.Text(2), FunctionJson.Default.FunctionSettings)!,
        row.IsNull(3) ? null : row.Blob(3), new(row.Text(4), row.Integer(5)), row.Text(6), row.TextOrNull(7), Rows.Time(row, 8),
        Rows.Time(row, 9));

    public Function? FindFunction(string name) => Connection.First($"{FunctionSelect} where name = $1", ReadFunction, name);

    public Page<Function> ListFunctions(int size, long? after) => Page.Of(
        Connection.Query($"{FunctionSelect} where key > $1 order by key limit $2", ReadFunction, after ?? 0, size + 1),
        size,
        function => function.Key);

    public bool HasCode(string sha256) => Connection.Number("select key from function where code = $1 limit 1", sha256) is not null;

    public long CountFunctionEvents(int most) =>
        Connection.Number("select count(*) from (select 1 from function_event limit $1) as waiting", most) ?? 0;
}

[JsonSerializable(typeof(FunctionSettings))]
internal sealed partial class FunctionJson : JsonSerializerContext;
