using Carillon.Core;
using Carillon.Core.Gateway;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    public GatewayResource AddGatewayResource(GatewayPlace place, string id, string? name, string definition)
    {
        var key = Connection.Number(
            """
            insert into gateway_resource(api, kind, parent, id, name, definition, created, updated)
            values ($1, $2, $3, $4, $5, $6, $7, $7) returning key
            """,
            place.Api, (long)place.Kind, place.Parent, id, name, definition, Now.Microseconds)!.Value;
        return new(key, place, id, name, definition, Now, Now);
    }

    public void UpdateGatewayResource(GatewayResource resource, string? name, string definition) => Connection.Execute(
        "update gateway_resource set name = $2, definition = $3, updated = $4 where key = $1",
        resource.Key, name, definition, Now.Microseconds);

    public void DeleteGatewayResource(GatewayResource resource) =>
        Connection.Execute("delete from gateway_resource where key = $1", resource.Key);

    public void DeleteGatewayChildren(string api, GatewayKind kind, string parent) => Connection.Execute(
        "delete from gateway_resource where api = $1 and kind = $2 and parent = $3", api, (long)kind, parent);

    public void DeleteGatewayApi(string api)
    {
        Connection.Execute("delete from gateway_resource where api = $1", api);
        Connection.Execute("delete from gateway_resource where api = '' and kind = 0 and parent = '' and id = $1", api);
    }

    public void AddGatewayConnection(string id, string owner, string api, string stage, Instant connected, string detail) => known.Log(
        "insert into gateway_connection(id, owner, api, stage, connected, detail) values ($1, $2, $3, $4, $5, $6)",
        id, owner, api, stage, connected.Microseconds, detail);

    public bool DeleteGatewayConnection(string id)
    {
        var before = Connection.Changes;
        known.Log("delete from gateway_connection where id = $1", id);
        return Connection.Changes > before;
    }
}
