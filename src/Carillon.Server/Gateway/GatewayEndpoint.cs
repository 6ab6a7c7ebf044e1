using Carillon.Server.Http;
using Carillon.Sockets;
using Carillon.Sockets.Pipe;
using Carillon.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Carillon.Server.Gateway;

/// <summary>
/// The addresses of WebSocket APIs: <c>/ws/{api}/{stage}</c>, and by host name <c>{api}.execute-api.{anything}/{stage}</c>; below
/// either, <c>@connections</c>.
/// </summary>
internal sealed class GatewayEndpoint(Connecting connecting, ConnectionsApi connections, Services services) : ISocketEndpoint
{
    private const string Root = "ws";
    private const string Connections = "@connections";

    /// <summary>Whether a request of the web server is the gateway's.</summary>
    public static bool Owns(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/" + Root, StringComparison.Ordinal) || ApiOf(http.Request.Host.Host) is not null;

    /// <summary><c>/ws/{api}/{stage}</c>, with or without a slash at the end.</summary>
    public bool IsPath(ReadOnlySpan<byte> path)
    {
        if (!path.StartsWith("/ws/"u8))
        {
            return false;
        }

        var rest = path[4..];
        rest = rest.EndsWith("/"u8) ? rest[..^1] : rest;
        var slash = rest.IndexOf((byte)'/');
        return slash > 0 && slash < rest.Length - 1 && !rest[(slash + 1)..].Contains((byte)'/');
    }

    public Admission? Admit(UpgradeRequest request) =>
        !services.Throttle.Refuses(request.RemoteAddress) && Place.Of(request.Target, api: null) is { Id: null } place
            ? connecting.Admit(request, place.Api, place.Stage, host: null)
            : null;

    /// <summary>What comes to the web server: @connections, handshakes by host name, and all that is no faultless handshake.</summary>
    public async Task Handle(HttpContext http, SocketServing serving)
    {
        var byHost = ApiOf(http.Request.Host.Host);
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (services.Throttle.Refuses(http.Connection.RemoteIpAddress))
        {
            await Refuse(http, StatusCodes.Status429TooManyRequests, "TooManyRequestsException", "Too Many Requests");
        }
        else if (Place.Of(target, byHost) is not { } place)
        {
            await Refuse(http, StatusCodes.Status403Forbidden, "ForbiddenException", "Forbidden");
        }
        else if (place.IsConnection)
        {
            await connections.Handle(http, place.Api, place.Stage, place.Id);
        }
        else if (!HttpUpgrade.IsAsked(http))
        {
            await Refuse(http, StatusCodes.Status426UpgradeRequired, "BadRequestException", "Upgrade Required");
        }
        else if (serving.IsFull)
        {
            await Refuse(http, StatusCodes.Status503ServiceUnavailable, "ServiceUnavailableException", "Service Unavailable");
        }
        else
        {
            // Handlers call this name with their role's signature: it must be one below the server's own, whatever the client says it is.
            var host = byHost is not null && http.Request.IsHttps && http.Request.Host.Value is { } said
                && said.EndsWith("." + services.SessionEndpoint(), StringComparison.OrdinalIgnoreCase) ? said : null;
            await HttpUpgrade.Run(http, serving, connecting.Admit(HttpUpgrade.RequestOf(http), place.Api, place.Stage, host));
        }
    }

    private static Task Refuse(HttpContext http, int status, string type, string message)
    {
        Answers.Prepare(http, Answers.NewRequestId());
        return ConnectionsApi.Refuse(http, status, type, message);
    }

    /// <summary>The API that a host name names; null where it names none.</summary>
    private static string? ApiOf(string host) =>
        host.IndexOf(".execute-api.", StringComparison.OrdinalIgnoreCase) is var at and > 0 ? host[..at].ToLowerInvariant() : null;

    /// <summary>What a path names.</summary>
    private readonly record struct Place(string Api, string Stage, string? Id, bool IsConnection)
    {
        /// <param name="target">As it came: segments are split before they are decoded, and empty ones count for nothing.</param>
        /// <param name="api">Where the host has named it; else the path does.</param>
        public static Place? Of(string target, string? api)
        {
            if (RawTarget.Parse(target.IndexOf('?', StringComparison.Ordinal) is var mark and >= 0 ? target[..mark] : target) is not { } path)
            {
                return null;
            }

            var parts = Enumerable.Range(0, path.Segments).Where(i => path.RawSegment(i).Length > 0).Select(path.Segment).ToList();
            if (api is null)
            {
                if (parts.Count < 3 || parts[0] != Root || parts[1] is not { } named)
                {
                    return null;
                }

                api = named;
                parts.RemoveRange(0, 2);
            }

            return parts switch
            {
                [{ } stage] => new(api, stage, null, false),
                [{ } stage, Connections, var id] => new(api, stage, id, true),
                _ => null,
            };
        }
    }
}

/// <summary>Asks the endpoints of the server in turn whose socket a path is.</summary>
internal sealed class SocketEndpoints(params ISocketEndpoint[] endpoints) : ISocketEndpoint
{
    public bool IsPath(ReadOnlySpan<byte> path)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint.IsPath(path))
            {
                return true;
            }
        }

        return false;
    }

    public Admission? Admit(UpgradeRequest request)
    {
        var path = System.Text.Encoding.ASCII.GetBytes(request.Path.ToString());
        return Array.Find(endpoints, endpoint => endpoint.IsPath(path))?.Admit(request);
    }
}
