using System.Text.Json.Serialization;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Sessions;

// GET /endpoints/messaging-session -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record GetMessagingSessionEndpointRequest
{
    public string? NetworkType { get; init; }
}

internal sealed record GetMessagingSessionEndpointResponse(MessagingSessionEndpoint Endpoint);

/// <param name="Url">A bare host with its port: the client puts "wss://" before and "/connect" behind it.</param>
internal sealed record MessagingSessionEndpoint(string Url);

[JsonSerializable(typeof(GetMessagingSessionEndpointResponse))]
internal sealed partial class SessionsJson : JsonSerializerContext;

internal static class GetMessagingSessionEndpoint
{
    public static readonly Operation<GetMessagingSessionEndpointRequest, GetMessagingSessionEndpointResponse> Operation = new(
        nameof(GetMessagingSessionEndpoint), Route.Get("/endpoints/messaging-session"), 200, Bearer.None, Declares.Nothing,
        In: null, SessionsJson.Default.GetMessagingSessionEndpointResponse,
        Bind: (r, call) => r with { NetworkType = call.Query("network-type") },
        Resources: (_, _) => ["*"],
        Handle: (_, call) => Task.FromResult(new GetMessagingSessionEndpointResponse(new(call.SessionEndpoint))));
}
