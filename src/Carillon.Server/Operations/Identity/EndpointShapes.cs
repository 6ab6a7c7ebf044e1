using Carillon.Core.Pushing;
using Carillon.Server.Pushing;

namespace Carillon.Server.Operations.Identity;

/// <summary>The tokens that the push services know the device by. They are secrets.</summary>
internal sealed record EndpointAttributes(string? DeviceToken, string? VoipDeviceToken)
{
    public override string ToString() => nameof(EndpointAttributes);
}

internal sealed record EndpointStateShape(string Status, string? StatusReason)
{
    public static EndpointStateShape Of(EndpointState state) =>
        new(state == EndpointState.Active ? "ACTIVE" : "INACTIVE", EndpointWords.Reason(state));
}

/// <summary>AppInstanceUserEndpoint of the service model.</summary>
internal sealed record AppInstanceUserEndpointShape(
    string AppInstanceUserArn, string EndpointId, string? Name, string Type, string ResourceArn,
    EndpointAttributes EndpointAttributes, DateTimeOffset CreatedTimestamp, DateTimeOffset LastUpdatedTimestamp,
    string AllowMessages, EndpointStateShape EndpointState)
{
    public static AppInstanceUserEndpointShape Of(UserEndpoint endpoint, string userArn)
    {
        var device = endpoint.Device;
        return new(
            userArn, endpoint.Id, device.Name, EndpointWords.Of(device.Type), device.Resource,
            new(device.Token, device.VoipToken), endpoint.Created.ToTime(), endpoint.Updated.ToTime(),
            EndpointWords.Allow(device.AllowMessages), EndpointStateShape.Of(endpoint.State));
    }
}

internal sealed record AppInstanceUserEndpointSummary(
    string AppInstanceUserArn, string EndpointId, string? Name, string Type, string AllowMessages,
    EndpointStateShape EndpointState)
{
    public static AppInstanceUserEndpointSummary Of(UserEndpoint endpoint, string userArn) => new(
        userArn, endpoint.Id, endpoint.Device.Name, EndpointWords.Of(endpoint.Device.Type),
        EndpointWords.Allow(endpoint.Device.AllowMessages), EndpointStateShape.Of(endpoint.State));
}
