using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Carillon.Core.Gateway;
using Carillon.Sockets;
using Carillon.Wire;

namespace Carillon.Server.Gateway;

internal enum GatewayEventType
{
    Connect,
    Message,
    Disconnect,
}

/// <summary>Something that happened on a connection, for whoever handles it.</summary>
/// <param name="RouteKey">Of the route that was matched.</param>
internal sealed record GatewayEvent(GatewayPeer Peer, GatewayEventType Type, string RouteKey, DateTimeOffset At)
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Also the extended one.</summary>
    public string RequestId { get; } = GatewayIds.NewRequest();

    public string MessageId { get; } = GatewayIds.NewRequest();

    /// <summary>Of a message: UTF-8.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Of a handshake.</summary>
    public UpgradeRequest? Request { get; init; }

    public int DisconnectStatusCode { get; init; }

    public string DisconnectReason { get; init; } = "";

    /// <summary>The proxy event (API Gateway Developer Guide, "Integration requests for WebSocket APIs", read 2026-11).</summary>
    public byte[] ToProxyEvent(IReadOnlyDictionary<string, string> stageVariables) => Write(json =>
    {
        switch (Type)
        {
            case GatewayEventType.Connect:
                Handshake(json, withHop: false);
                break;
            case GatewayEventType.Disconnect:
                Headers(json, [("Host", Host(Peer.DomainName)), ("x-api-key", ""), ("X-Forwarded-For", ""), ("x-restapi", "")]);
                break;
        }

        Context(json);
        if (Type == GatewayEventType.Message)
        {
            json.WriteString("body"u8, Body.Span);
        }

        Variables(json, stageVariables, always: false);
        json.WriteBoolean("isBase64Encoded"u8, false);
    });

    /// <summary>The event of a REQUEST authorizer.</summary>
    public byte[] ToAuthorizerEvent(string methodArn, IReadOnlyDictionary<string, string> stageVariables) => Write(json =>
    {
        json.WriteString("type"u8, "REQUEST"u8);
        json.WriteString("methodArn"u8, methodArn);
        Handshake(json, withHop: true);
        Variables(json, stageVariables, always: true);
        Context(json);
    });

    /// <summary>What <c>context.{name}</c> says in a mapping; null for what is not there.</summary>
    public string? Variable(string name) => name switch
    {
        "connectionId" => Peer.Id,
        "connectedAt" => Peer.ConnectedAt.ToString(CultureInfo.InvariantCulture),
        "domainName" => Peer.DomainName,
        "eventType" => TypeName,
        "messageId" => Type == GatewayEventType.Message ? MessageId : null,
        "routeKey" => RouteKey,
        "requestId" or "extendedRequestId" => RequestId,
        "apiId" => Peer.Api,
        "stage" => Peer.Stage,
        "requestTime" => RequestTime,
        "requestTimeEpoch" => At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
        // Differs from AWS: mappings may name context.disconnectStatusCode and context.disconnectReason, as the proxy event has them.
        "disconnectStatusCode" when Type == GatewayEventType.Disconnect => DisconnectStatusCode.ToString(CultureInfo.InvariantCulture),
        "disconnectReason" when Type == GatewayEventType.Disconnect => DisconnectReason,
        "identity.sourceIp" => Peer.SourceIp,
        "identity.userAgent" => Peer.UserAgent,
        _ when name.StartsWith("authorizer.", StringComparison.Ordinal) => Peer.Authorizer?[name["authorizer.".Length..]]?.ToString(),
        _ when name.StartsWith("identity.", StringComparison.Ordinal) => Peer.Identity?[name["identity.".Length..]]?.ToString(),
        _ => null,
    };

    private string TypeName => Type switch
    {
        GatewayEventType.Connect => "CONNECT",
        GatewayEventType.Message => "MESSAGE",
        _ => "DISCONNECT",
    };

    private string RequestTime => At.UtcDateTime.ToString("dd/MMM/yyyy:HH:mm:ss '+0000'", CultureInfo.InvariantCulture);

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Context(Utf8JsonWriter json)
    {
        json.WriteStartObject("requestContext"u8);
        json.WriteString("routeKey"u8, RouteKey);
        if (Type == GatewayEventType.Message)
        {
            json.WriteString("messageId"u8, MessageId);
        }
        else if (Type == GatewayEventType.Disconnect)
        {
            json.WriteNumber("disconnectStatusCode"u8, DisconnectStatusCode);
        }

        json.WriteString("eventType"u8, TypeName);
        json.WriteString("extendedRequestId"u8, RequestId);
        json.WriteString("requestTime"u8, RequestTime);
        json.WriteString("messageDirection"u8, "IN"u8);
        if (Type == GatewayEventType.Disconnect)
        {
            json.WriteString("disconnectReason"u8, DisconnectReason);
        }

        json.WriteString("stage"u8, Peer.Stage);
        json.WriteNumber("connectedAt"u8, Peer.ConnectedAt);
        json.WriteNumber("requestTimeEpoch"u8, At.ToUnixTimeMilliseconds());
        json.WriteStartObject("identity"u8);
        foreach (var (name, value) in Peer.Identity ?? [])
        {
            json.WritePropertyName(name);
            value!.WriteTo(json);
        }

        if (Peer.UserAgent is not null)
        {
            json.WriteString("userAgent"u8, Peer.UserAgent);
        }

        json.WriteString("sourceIp"u8, Peer.SourceIp);
        json.WriteEndObject();
        json.WriteString("requestId"u8, RequestId);
        json.WriteString("domainName"u8, Peer.DomainName);
        json.WriteString("connectionId"u8, Peer.Id);
        json.WriteString("apiId"u8, Peer.Api);
        if (Peer.Authorizer is not null)
        {
            json.WritePropertyName("authorizer"u8);
            Peer.Authorizer.WriteTo(json);
        }

        json.WriteEndObject();
    }

    private void Handshake(Utf8JsonWriter json, bool withHop)
    {
        var headers = new List<(string Name, string Value)>();
        var way = new List<string>();
        foreach (var (name, value) in Request!.Headers)
        {
            var isHop = name.Equals("Connection", StringComparison.OrdinalIgnoreCase) || name.Equals("Upgrade", StringComparison.OrdinalIgnoreCase);
            if (name.Equals("X-Forwarded-For", StringComparison.OrdinalIgnoreCase))
            {
                way.Add(value);
            }
            else if (withHop || !isHop)
            {
                headers.Add((Spelled(name), value));
            }
        }

        if (withHop)
        {
            headers.Add(("content-length", "0"));
        }

        // What the edge of API Gateway adds; a proxy of one's own may have said it already.
        void Add(string name, string value)
        {
            if (!headers.Exists(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                headers.Add((name, value));
            }
        }

        Add("X-Amzn-Trace-Id", string.Create(
            CultureInfo.InvariantCulture, $"Root=1-{At.ToUnixTimeSeconds():x8}-{RandomNumberGenerator.GetHexString(24, lowercase: true)}"));

        // As on AWS, the last address is what was seen here; those before it are whatever the client said.
        Add("X-Forwarded-For", string.Join(", ", way.Append(Peer.SourceIp)));
        Add("X-Forwarded-Port", PortOf(Peer.DomainName));
        Add("X-Forwarded-Proto", "https");
        Headers(json, headers);
        if (RawTarget.Parse(Request.Target)?.QueryPairs is { Count: > 0 } query)
        {
            Multi(json, "queryStringParameters", "multiValueQueryStringParameters", [.. query.Select(p => (p.Key, p.Value))], StringComparer.Ordinal);
        }
    }

    /// <summary>Handlers look headers up by their exact spelling, which clients of HTTP/1.1 mostly send.</summary>
    private static string Spelled(string name) => name.ToUpperInvariant() switch
    {
        "HOST" => "Host",
        "ORIGIN" => "Origin",
        "COOKIE" => "Cookie",
        "USER-AGENT" => "User-Agent",
        "SEC-WEBSOCKET-KEY" => "Sec-WebSocket-Key",
        "SEC-WEBSOCKET-VERSION" => "Sec-WebSocket-Version",
        "SEC-WEBSOCKET-PROTOCOL" => "Sec-WebSocket-Protocol",
        "SEC-WEBSOCKET-EXTENSIONS" => "Sec-WebSocket-Extensions",
        _ => name,
    };

    private static void Headers(Utf8JsonWriter json, List<(string Name, string Value)> headers) =>
        Multi(json, "headers", "multiValueHeaders", headers, StringComparer.OrdinalIgnoreCase);

    /// <summary>One map with the last value of each name, and one with all.</summary>
    private static void Multi(
        Utf8JsonWriter json, string single, string multi, List<(string Name, string Value)> fields, StringComparer names)
    {
        var groups = fields.GroupBy(f => f.Name, f => f.Value, names).ToList();
        json.WriteStartObject(single);
        foreach (var group in groups)
        {
            json.WriteString(group.Key, group.Last());
        }

        json.WriteEndObject();
        json.WriteStartObject(multi);
        foreach (var group in groups)
        {
            json.WriteStartArray(group.Key);
            foreach (var value in group)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Variables(Utf8JsonWriter json, IReadOnlyDictionary<string, string> variables, bool always)
    {
        if (variables.Count == 0 && !always)
        {
            return;
        }

        json.WriteStartObject("stageVariables"u8);
        foreach (var (name, value) in variables)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    private static string Host(string domainName) =>
        domainName.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? domainName[..slash] : domainName;

    private static string PortOf(string domainName)
    {
        var host = Host(domainName);
        var colon = host.LastIndexOf(':');
        return colon < 0 || host.EndsWith(']') ? "443" : host[(colon + 1)..];
    }

    /// <summary>The frame that a client gets for what went wrong (its spacing as seen on the wire).</summary>
    public byte[] ErrorFrame(string message, bool namesMessage = false) => Encoding.UTF8.GetBytes(
        $$"""{"message": "{{message}}", "connectionId":"{{Peer.Id}}", "{{(namesMessage ? "messageId" : "requestId")}}":"{{(namesMessage ? MessageId : RequestId)}}"}""");
}
