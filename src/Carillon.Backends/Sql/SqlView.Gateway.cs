using Carillon.Core;
using Carillon.Core.Gateway;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    private const string GatewayColumns = "key, api, kind, parent, id, name, definition, created, updated";

    private static GatewayResource ReadGatewayResource(SqlRow row) => new(
        row.Integer(0), new(row.Text(1), (GatewayKind)row.Integer(2), row.Text(3)), row.Text(4), row.TextOrNull(5), row.Text(6),
        Rows.Time(row, 7), Rows.Time(row, 8));

    public GatewayResource? FindGatewayResource(GatewayPlace place, string id) => Connection.First(
        $"select {GatewayColumns} from gateway_resource where api = $1 and kind = $2 and parent = $3 and id = $4",
        ReadGatewayResource, place.Api, (long)place.Kind, place.Parent, id);

    public GatewayResource? FindGatewayResourceByName(GatewayPlace place, string name) => Connection.First(
        $"select {GatewayColumns} from gateway_resource where api = $1 and kind = $2 and parent = $3 and name = $4",
        ReadGatewayResource, place.Api, (long)place.Kind, place.Parent, name);

    public Page<GatewayResource> ListGatewayResources(GatewayPlace place, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {GatewayColumns} from gateway_resource
            where api = $1 and kind = $2 and parent = $3 and key > $4 order by key limit $5
            """,
            ReadGatewayResource, place.Api, (long)place.Kind, place.Parent, after ?? 0, size + 1),
        size,
        resource => resource.Key);

    public long CountGatewayResources(string api, GatewayKind kind) => Connection.Number(
        "select count(*) from gateway_resource where api = $1 and kind = $2", api, (long)kind) ?? 0;

    public IReadOnlyList<GatewayResource> ReadGatewayApi(string api) => Connection.Query(
        $"select {GatewayColumns} from gateway_resource where api = $1 and kind between 1 and 6 order by key", ReadGatewayResource, api);

    public IReadOnlyList<GatewayConnectionRow> ListLostConnections(string owner, long after, int most) => Connection.Query(
        """
        select key, id, owner, api, stage, connected, detail from gateway_connection
        where key > $1 and owner <> $2 order by key limit $3
        """,
        static row => new GatewayConnectionRow(
            row.Integer(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), Rows.Time(row, 5), row.Text(6)),
        after, owner, most);
}
