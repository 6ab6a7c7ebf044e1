using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Server.Functions;
using Carillon.Wire;

namespace Carillon.Server.Http.LambdaProtocol;

/// <summary>One operation of Lambda.</summary>
/// <param name="Status">Of a successful answer; Invoke says its own.</param>
/// <param name="Handle">Answers with a body, or with none.</param>
/// <param name="MostBody">Bytes of a request.</param>
internal sealed record LambdaOperation(
    string Name, Route Route, int Status, Func<LambdaCall, Task<byte[]?>> Handle, int MostBody = RequestBody.Most);

/// <summary>One request on its way through an operation.</summary>
internal sealed class LambdaCall(
    HttpContext http, RawTarget target, LambdaOperation operation, ReadOnlyMemory<byte> body, Caller caller, PolicyGate gate,
    FunctionRoom room, FunctionInvoker invoker, string requestId)
{
    public HttpContext Http => http;

    public ReadOnlyMemory<byte> Body => body;

    public FunctionRoom Room => room;

    public FunctionInvoker Invoker => invoker;

    public string RequestId => requestId;

    /// <summary>Of the answer.</summary>
    public int Status { get; set; } = operation.Status;

    public string? Query(string name) => target.Query(name);

    public string Path(string label) => operation.Route.Label(target, label)
        ?? throw LambdaFault.Invalid($"The path holds a malformed escape at '{label}'.");

    /// <summary>The function that the path names, where the caller's policies let it be asked for.</summary>
    /// <exception cref="LambdaFault">It is no name; the caller may not; there is none.</exception>
    public KnownFunction Function(string? action = null) => Room.Find(NameOf(action)) is { } known
        ? known
        : throw LambdaFault.NotFound($"Function not found: {Room.ArnOf(NameOf(action))}");

    /// <summary>Its name alone, asked for likewise; a function of the settings file is refused.</summary>
    public string Changeable()
    {
        var name = NameOf(null);
        return Room.OfFile.ContainsKey(name)
            ? throw LambdaFault.Conflict($"The function {name} stands in the settings file of the server and is changed there.")
            : name;
    }

    private string NameOf(string? action)
    {
        var text = Path("FunctionName");
        if (FunctionName.Parse(text, Room.Arns.Region, Room.Arns.Account) is not { } name)
        {
            throw LambdaFault.Constraint(
                "functionName", text,
                "Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?");
        }

        Authorize(action ?? operation.Name, Room.ArnOf(name.Name));
        var qualifier = name.Qualifier ?? Query("Qualifier");
        return !name.IsHere || qualifier is not (null or FunctionName.Latest)
            ? throw LambdaFault.NotFound($"Function not found: {Room.ArnOf(name.Name)}{(qualifier is null ? "" : ":" + qualifier)}")
            : name.Name;
    }

    /// <exception cref="LambdaFault">AccessDenied.</exception>
    public void Authorize(string action, string resource, string service = "lambda")
    {
        if (gate.WhyNot(caller, $"{service}:{action}", [resource], http) is { } why)
        {
            throw new LambdaFault(StatusCodes.Status403Forbidden, "AccessDeniedException", why);
        }
    }

    /// <exception cref="LambdaFault">The body is not what the operation takes.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
        where T : class, new()
    {
        if (body.Length == 0)
        {
            return new T();
        }

        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? new T();
        }
        catch (JsonException e)
        {
            throw LambdaFault.Content($"Could not parse request body into json: {e.Path}");
        }
    }
}

/// <summary>A request that is refused, with Lambda's exception and sentence.</summary>
internal sealed class LambdaFault(int status, string type, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Type { get; } = type;

    public static LambdaFault Invalid(string message) => new(400, "InvalidParameterValueException", message);

    public static LambdaFault Content(string message) => new(400, "InvalidRequestContentException", message);

    public static LambdaFault NotFound(string message) => new(404, "ResourceNotFoundException", message);

    public static LambdaFault Conflict(string message) => new(409, "ResourceConflictException", message);

    public static LambdaFault TooLarge(string message) => new(413, "RequestEntityTooLargeException", message);

    public static LambdaFault Throttled(string reason) => new(429, "TooManyRequestsException", "Rate Exceeded.") { Reason = reason };

    /// <summary>Of TooManyRequestsException.</summary>
    public string? Reason { get; private init; }

    /// <summary>In the words of the service's own checks.</summary>
    public static LambdaFault Constraint(string member, string? value, string constraint) => new(
        400, "ValidationException",
        $"1 validation error detected: Value {(value is null ? "null" : $"'{value}'")} at '{member}' failed to satisfy constraint: {constraint}");
}
