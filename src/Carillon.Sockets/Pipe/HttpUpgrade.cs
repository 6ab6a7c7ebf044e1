using System.IO.Pipelines;
using Carillon.Wire.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Net.Http.Headers;

namespace Carillon.Sockets.Pipe;

/// <summary>
/// A socket on a connection that has carried requests before, which is the web server's for good. Behind proxies that use
/// their connections again, that is the usual way; over HTTP/2 it is the only one, and the socket is a stream among others
/// (extended CONNECT, RFC 8441), as browsers open it beside a page that came over HTTP/2.
/// </summary>
public static class HttpUpgrade
{
    /// <summary>Whether the request asks for a socket, faultlessly.</summary>
    public static bool IsAsked(HttpContext http) =>
        Connect(http) is { Protocol: "websocket" } ? http.Request.Headers.SecWebSocketVersion == "13" : IsUpgradeAsked(http);

    private static IHttpExtendedConnectFeature? Connect(HttpContext http) =>
        http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect ? connect : null;

    private static bool IsUpgradeAsked(HttpContext http) =>
        http.Request.Method == HttpMethods.Get
        && HttpProtocol.IsHttp11(http.Request.Protocol)
        && http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        && http.Request.Headers.SecWebSocketVersion == "13"
        && http.Request.Headers.GetCommaSeparatedValues(HeaderNames.Upgrade).Contains("websocket", StringComparer.OrdinalIgnoreCase)
        && Handshake.IsKey(http.Request.Headers.SecWebSocketKey.ToString());

    public static UpgradeRequest RequestOf(HttpContext http) => new(
        new(
            http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            [
                .. http.Request.Headers.SelectMany(
                    static field => field.Value, static (field, value) => new Wire.SigV4.HeaderField(field.Key, value ?? "")),
            ]),
        http.Connection.RemoteIpAddress, http.Request.IsHttps);

    /// <summary>Upgrades, serves, and returns when the socket is gone; or refuses.</summary>
    public static async Task Run(HttpContext http, SocketServing serving, Admission admission)
    {
        var answer = await serving.Decide(admission);
        if (!answer.IsAccepted)
        {
            serving.Never(admission);
            await Refuse(http, answer);
            return;
        }

        if (answer.Protocol is not null)
        {
            http.Response.Headers.SecWebSocketProtocol = answer.Protocol;
        }

        Stream upgraded;
        try
        {
            upgraded = await (Connect(http) is { } connect ? Accept(http, connect) : Upgrade(http));
        }
        catch
        {
            serving.Never(admission);
            throw;
        }

        await using var stream = upgraded;
        var socket = new PipeSocket(
            serving.Loop, admission.Options, "upgrade", new Duplex(stream), http.Abort, admission.Ended);
        serving.Serve(socket, admission);
        await socket.Over();
    }

    private static async Task Refuse(HttpContext http, UpgradeAnswer answer)
    {
        http.Response.StatusCode = answer.Status;
        if (HttpProtocol.IsHttp11(http.Request.Protocol))
        {
            http.Response.Headers.Connection = "close";
        }

        foreach (var (name, value) in answer.Headers)
        {
            http.Response.Headers.Append(name, value);
        }

        http.Response.ContentLength = answer.Body.Length;
        await http.Response.Body.WriteAsync(answer.Body);
    }

    private static async Task<Stream> Upgrade(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = Handshake.Accept(http.Request.Headers.SecWebSocketKey.ToString());
        return await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    private static async Task<Stream> Accept(HttpContext http, IHttpExtendedConnectFeature connect)
    {
        // What the socket carries is no body: it has no size, and no pace.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } pace)
        {
            pace.MinDataRate = null;
        }

        return await connect.AcceptAsync();
    }

    private sealed class Duplex(Stream stream) : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(stream, new(leaveOpen: true));

        public PipeWriter Output { get; } = PipeWriter.Create(stream, new(leaveOpen: true));
    }
}
