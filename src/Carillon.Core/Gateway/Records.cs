namespace Carillon.Core.Gateway;

/// <summary>The parts of an API. The numbers stand in the store.</summary>
public enum GatewayKind
{
    Api = 0,
    Route = 1,
    RouteResponse = 2,
    Integration = 3,
    IntegrationResponse = 4,
    Authorizer = 5,
    Model = 6,
    Stage = 7,
    Deployment = 8,
}

/// <summary>Where parts of one kind are.</summary>
/// <param name="Api">Id of the API; empty for the APIs themselves.</param>
/// <param name="Parent">Id of the route or integration whose responses they are; else empty.</param>
public readonly record struct GatewayPlace(string Api, GatewayKind Kind, string Parent = "")
{
    public static GatewayPlace Apis => new("", GatewayKind.Api);
}

/// <summary>A part of an API as it stands in the store.</summary>
/// <param name="Name">What must be its own among its neighbours: a route's key, a stage's name; null where nothing must.</param>
/// <param name="Definition">Its shape (<see cref="GatewayJson"/>), as JSON.</param>
public sealed record GatewayResource(
    long Key, GatewayPlace Place, string Id, string? Name, string Definition, Instant Created, Instant Updated);

/// <summary>An open connection, for as long as its <c>$disconnect</c> is owed.</summary>
/// <param name="Owner">The run of the server that holds its socket.</param>
/// <param name="Detail">What its <c>$disconnect</c> needs to know of it, as JSON. It may hold what an authorizer said.</param>
public sealed record GatewayConnectionRow(
    long Key, string Id, string Owner, string Api, string Stage, Instant Connected, string Detail);
