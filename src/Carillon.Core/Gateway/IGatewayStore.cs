namespace Carillon.Core.Gateway;

public interface IGatewayView
{
    GatewayResource? FindGatewayResource(GatewayPlace place, string id);

    GatewayResource? FindGatewayResourceByName(GatewayPlace place, string name);

    /// <summary>In the order of creation.</summary>
    Page<GatewayResource> ListGatewayResources(GatewayPlace place, int size, long? after);

    long CountGatewayResources(string api, GatewayKind kind);

    /// <summary>All that a deployment keeps of an API, in the order of creation; quotas bound it. Stages and deployments are not among it.</summary>
    IReadOnlyList<GatewayResource> ReadGatewayApi(string api);

    /// <summary>Connections that another run of the server has left, oldest first.</summary>
    IReadOnlyList<GatewayConnectionRow> ListLostConnections(string owner, long after, int most);
}

public interface IGatewayLedger
{
    GatewayResource AddGatewayResource(GatewayPlace place, string id, string? name, string definition);

    void UpdateGatewayResource(GatewayResource resource, string? name, string definition);

    void DeleteGatewayResource(GatewayResource resource);

    /// <summary>Deletes the responses of a route or an integration.</summary>
    void DeleteGatewayChildren(string api, GatewayKind kind, string parent);

    /// <summary>Deletes an API with all its parts.</summary>
    void DeleteGatewayApi(string api);

    void AddGatewayConnection(string id, string owner, string api, string stage, Instant connected, string detail);

    /// <returns>False where it was gone.</returns>
    bool DeleteGatewayConnection(string id);
}
