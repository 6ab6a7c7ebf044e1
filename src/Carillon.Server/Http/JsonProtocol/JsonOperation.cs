using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Server.Access;

namespace Carillon.Server.Http.JsonProtocol;

/// <summary>A request that is refused, with AWS's exception and sentence.</summary>
internal sealed class JsonFault(string type, string message, int status = StatusCodes.Status400BadRequest) : Exception(message)
{
    public string Type { get; } = type;

    public int Status { get; } = status;
}

/// <summary>One operation of the JSON 1.1 protocol that takes no signature.</summary>
/// <param name="Target">As <c>X-Amz-Target</c> names it.</param>
/// <param name="Run">Answers a body with a body.</param>
internal sealed record JsonOperation(
    string Target, Func<ReadOnlyMemory<byte>, AccessRoom, CancellationToken, Task<byte[]>> Run)
{
    /// <summary>The operation's own name.</summary>
    public string Name => Target[(Target.IndexOf('.', StringComparison.Ordinal) + 1)..];

    public static JsonOperation Of<TRequest, TResponse>(
        string target, JsonTypeInfo<TRequest> request, JsonTypeInfo<TResponse> response,
        Func<TRequest, AccessRoom, CancellationToken, Task<TResponse>> handle)
        where TRequest : class => new(target, async (body, room, cancellation) =>
        {
            TRequest? read;
            try
            {
                read = JsonSerializer.Deserialize(body.Span, request);
            }
            catch (JsonException)
            {
                read = null;
            }

            return read is null
                ? throw new JsonFault("SerializationException", "The request cannot be read.")
                : JsonSerializer.SerializeToUtf8Bytes(await handle(read, room, cancellation), response);
        });
}
