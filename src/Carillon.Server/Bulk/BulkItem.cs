using System.Text.Json;
using Carillon.Server.Http;
using Carillon.Wire;

namespace Carillon.Server.Bulk;

/// <summary>
/// A line of a bulk request: <c>{"Reference":"...","Operation":"CreateChannel","Request":{...}}</c>. The request holds the
/// members that an AWS SDK takes, those that travel in path, query and header included.
/// </summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Reference">The client's own name for it, given back with the result.</param>
/// <param name="Operation">Null where <paramref name="Unreadable"/> says what is wrong with the line.</param>
/// <param name="Body">The members as JSON; those that stand outside the body do no harm in it.</param>
/// <param name="Bearer">Null where the item names none.</param>
internal sealed record BulkItem(
    long Line, string? Reference, BulkOperation? Operation, RawTarget? Target, string? Bearer, ReadOnlyMemory<byte> Body,
    ApiException? Unreadable)
{
    private const string BearerMember = "ChimeBearer";

    /// <summary>Characters. Ours.</summary>
    private const int LongestReference = 256;

    private static readonly JsonReaderOptions _strict = new() { MaxDepth = 33 };

    /// <summary>Never throws: what is wrong with a line is the result of that line.</summary>
    public static BulkItem Read(long number, ReadOnlyMemory<byte> line)
    {
        string? reference = null;
        try
        {
            var (name, request) = Envelope(line.Span, ref reference);
            var operation = BulkOperations.Find(name)
                ?? throw new ApiException(ApiError.UnknownOperation, "No such operation may stand in a bulk request.");
            var body = line[request];
            var outside = Outside(body.Span, operation);
            outside.Remove(BearerMember, out var bearer);
            return new(
                number, reference, operation, operation.Target(outside), bearer,
                operation.HasBody ? body : ReadOnlyMemory<byte>.Empty, null);
        }
        catch (ApiException e)
        {
            return new(number, reference, null, null, null, default, e);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader's own text may quote the line, and lines are private.
            return new(number, reference, null, null, null, default, Bad("The line is not the JSON expected."));
        }
    }

    private static (string Operation, Range Request) Envelope(ReadOnlySpan<byte> line, ref string? reference)
    {
        string? operation = null;
        Range? request = null;
        var seen = 0;
        var reader = new Utf8JsonReader(line, _strict);
        Begin(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = reader.ValueTextEquals("Reference"u8) ? 1
                : reader.ValueTextEquals("Operation"u8) ? 2
                : reader.ValueTextEquals("Request"u8) ? 4
                : throw Bad("A line has the members Reference, Operation and Request, and no others.");
            if ((seen & member) != 0)
            {
                throw Bad("A member of the line stands in it twice.");
            }

            seen |= member;
            reader.Read();
            switch (member)
            {
                case 1:
                    var text = reader.GetString();
                    reference = text?.Length <= LongestReference
                        ? text
                        : throw Bad($"A Reference has at most {LongestReference} characters.");
                    break;
                case 2:
                    operation = reader.GetString();
                    break;
                default:
                    if (reader.TokenType != JsonTokenType.StartObject)
                    {
                        throw Bad("The Request must be a JSON object.");
                    }

                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    request = start..(int)reader.BytesConsumed;
                    break;
            }
        }

        if (reader.Read())
        {
            throw Bad("The line holds more than one JSON object.");
        }

        return operation is not null && request is { } range
            ? (operation, range)
            : throw Bad("A line must have an Operation and a Request.");
    }

    /// <summary>The members that do not travel in the body: labels of the path, the bearer, and parameters of the query.</summary>
    private static Dictionary<string, string> Outside(ReadOnlySpan<byte> request, BulkOperation operation)
    {
        var outside = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(request, _strict);
        Begin(ref reader);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name != BearerMember && operation.HasBody && !operation.IsLabel(name))
            {
                reader.Skip();
                continue;
            }

            var value = reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString()!,
                JsonTokenType.Null => null,
                _ => throw Bad($"The member '{(operation.IsLabel(name) || name == BearerMember ? name : "?")}' must be a string."),
            };
            if (value is not null && !outside.TryAdd(name, value))
            {
                throw Bad("A member of the Request stands in it twice.");
            }
        }

        return outside;
    }

    private static void Begin(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw Bad("A line must be a JSON object.");
        }
    }

    private static ApiException Bad(string sentence) => new(ApiError.BadRequest, sentence);
}
