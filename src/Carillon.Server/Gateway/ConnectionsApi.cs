using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Carillon.Core;
using Carillon.Core.Gateway;
using Carillon.Server.Http;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Gateway;

/// <summary>POST, GET and DELETE of <c>@connections/{id}</c>: apigatewaymanagementapi 2018-11-29, signed as execute-api.</summary>
/// <remarks>Clients choose the exception by the header, not by the status, so every refusal names it.</remarks>
internal sealed partial class ConnectionsApi(
    Authenticator authenticator, PolicyGate gate, GatewayDirectory directory, GatewayHub hub, GatewayAuthorizing authorizing,
    ILogger<ConnectionsApi> log)
{
    private static readonly SigV4Policy Signing = new("execute-api");

    /// <param name="http">The request.</param>
    /// <param name="api">Whose connection.</param>
    /// <param name="stage">Likewise.</param>
    /// <param name="id">Decoded once; null where it cannot be.</param>
    public async Task Handle(HttpContext http, string api, string stage, string? id)
    {
        var requestId = Answers.NewRequestId();
        Answers.Prepare(http, requestId);
        try
        {
            using var body = await RequestBody.Read(http);
            await Handle(http, api, stage, id, body.Bytes);
            if (id is not null)
            {
                Trace(http, api, stage, id, requestId);
            }
        }
        catch (ApiException e)
        {
            await (e.Error == ApiError.TooLarge ? TooLarge(http) : Refuse(http, e.Error.Status, e.Error.Name, e.Message));
        }
        catch (BadHttpRequestException)
        {
            await Refuse(http, StatusCodes.Status400BadRequest, "BadRequestException", "The request body cannot be read.");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to answer.
        }
#pragma warning disable CA1031 // The last resort of a request: logged, answered without a trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(e, http.Request.Method);
            await Refuse(http, StatusCodes.Status500InternalServerError, "InternalServerErrorException", "Internal server error");
        }
    }

    private async Task Handle(HttpContext http, string api, string stage, string? id, ReadOnlyMemory<byte> body)
    {
        var authentication = authenticator.Authenticate(http, body, Signing);
        var method = http.Request.Method;
        if (!authentication.IsProven || method is not ("POST" or "GET" or "DELETE") || directory.Find(api, stage) is null
            || gate.WhyNot(
                authentication.Caller, "execute-api:ManageConnections",
                [authorizing.Arn(api, stage, $"{method}/@connections/{id}")], http) is not null)
        {
            await Refuse(http, StatusCodes.Status403Forbidden, "ForbiddenException", "Forbidden");
        }
        else if (id is null || !GatewayIds.IsConnection(id))
        {
            await Refuse(http, StatusCodes.Status400BadRequest, "BadRequestException", $"Invalid connectionId: {id}");
        }
        else if (method == "GET")
        {
            await Get(http, hub.Find(api, stage, id));
        }
        else if (method == "DELETE")
        {
            await (await hub.Delete(api, stage, id) ? Empty(http, StatusCodes.Status204NoContent) : Gone(http));
        }
        else if (body.Length > hub.Limits.Message)
        {
            await TooLarge(http);
        }
        else if (!Utf8.IsValid(body.Span))
        {
            // Clients get text frames alone. AWS leaves open what becomes of bytes that are no text; we refuse them.
            await Refuse(http, StatusCodes.Status400BadRequest, "BadRequestException", "The data must be UTF-8.");
        }
        else
        {
            await (await hub.Send(api, stage, id, body) ? Empty(http, StatusCodes.Status200OK) : Gone(http));
        }
    }

    /// <summary>What did not reach its connection, and who ended one. A text that was queued is no event: a broadcast is a thousand of them.</summary>
    private void Trace(HttpContext http, string api, string stage, string id, string requestId)
    {
        var (method, status) = (http.Request.Method, http.Response.StatusCode);
        var outcome = status switch
        {
            StatusCodes.Status410Gone => TracedOutcome.Gone,
            StatusCodes.Status413PayloadTooLarge => TracedOutcome.NotValid,
            < 300 when method == "DELETE" => TracedOutcome.Done,
            _ => default(TracedOutcome?),
        };
        if (outcome is { } known && GatewayIds.IsConnection(id) && directory.Find(api, stage) is { } live)
        {
            var kind = method switch
            {
                "POST" => TracedKind.Post,
                "GET" => TracedKind.Get,
                _ => TracedKind.Delete,
            };
            live.Trace.Add(new(kind, hub.Time.GetUtcNow().ToUnixTimeMilliseconds(), id, requestId) { Outcome = known, Status = status });
        }
    }

    private static Task Get(HttpContext http, GatewayConnection? connection) => connection is null
        ? Gone(http)
        : Answers.Write(http, StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(
            new ConnectionShape(
                Time(DateTimeOffset.FromUnixTimeMilliseconds(connection.Peer.ConnectedAt)),
                new(connection.Peer.SourceIp, connection.Peer.UserAgent), Time(connection.LastActiveAt)),
            ConnectionsJson.Default.ConnectionShape));

    /// <summary>ISO 8601 with milliseconds, UTC.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>AWS's has no body, and one of its SDKs complains of it.</summary>
    private static Task Gone(HttpContext http)
    {
        http.Response.Headers[Answers.ErrorTypeHeader] = "GoneException";
        return Empty(http, StatusCodes.Status410Gone);
    }

    private static Task Empty(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        if (status != StatusCodes.Status204NoContent)
        {
            http.Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    private static Task TooLarge(HttpContext http) => Refuse(
        http, StatusCodes.Status413PayloadTooLarge, "PayloadTooLargeException", "Message too large");

    public static Task Refuse(HttpContext http, int status, string type, string message)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.Headers[Answers.ErrorTypeHeader] = type;
        return Answers.Write(http, status, JsonSerializer.SerializeToUtf8Bytes(new(message), ConnectionsJson.Default.MessageShape));
    }

    [LoggerMessage(8006, LogLevel.Error, "{Method} of @connections failed.")]
    private partial void Failed(Exception exception, string method);
}

internal sealed record MessageShape(string Message);

internal sealed record ConnectionIdentityShape(string SourceIp, string? UserAgent);

internal sealed record ConnectionShape(string ConnectedAt, ConnectionIdentityShape Identity, string LastActiveAt);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MessageShape))]
[JsonSerializable(typeof(ConnectionShape))]
internal sealed partial class ConnectionsJson : JsonSerializerContext;
