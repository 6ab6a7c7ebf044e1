using System.Buffers;
using System.Text;

namespace Carillon.Wire;

/// <summary>
/// The target of a request as it stood on the wire. ARNs travel percent-encoded inside one path segment, so the path is
/// split before it is decoded, and decoded once.
/// </summary>
public sealed class RawTarget
{
    private const int OnStack = 512;

    private readonly string _target;
    private readonly Part[] _segments;
    private readonly List<KeyValuePair<string, string>>? _query;

    private RawTarget(string target, Part[] segments, List<KeyValuePair<string, string>>? query) =>
        (_target, _segments, _query) = (target, segments, query);

    /// <summary>How many pieces the slashes of the path make, without the empty first one; at least one.</summary>
    public int Segments => _segments.Length;

    /// <summary>Null where an escape in the query is malformed or what it decodes to is not UTF-8.</summary>
    public static RawTarget? Parse(string target)
    {
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? target : target.AsSpan(0, mark);
        List<KeyValuePair<string, string>>? query = null;
        if (mark >= 0)
        {
            query = [];
            foreach (var range in target.AsSpan(mark + 1).Split('&'))
            {
                var pair = target.AsSpan(mark + 1)[range];
                if (pair.IsEmpty)
                {
                    continue;
                }

                var equals = pair.IndexOf('=');
                var name = Decode(equals < 0 ? pair : pair[..equals], plusIsSpace: true);
                var value = equals < 0 ? "" : Decode(pair[(equals + 1)..], plusIsSpace: true);
                if (name is null || value is null)
                {
                    return null;
                }

                query.Add(new(name, value));
            }
        }

        var start = path.StartsWith('/') ? 1 : 0;
        var segments = new Part[path[start..].Count('/') + 1];
        for (var i = 0; i < segments.Length; i++)
        {
            var length = path[start..].IndexOf('/');
            length = length < 0 ? path.Length - start : length;
            segments[i] = new Part(start, length, null);
            start += length + 1;
        }

        return new(target, segments, query);
    }

    /// <summary>All of the query, decoded, in its order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> QueryPairs => _query ?? [];

    /// <summary>What stands between two slashes of the path, undecoded.</summary>
    public ReadOnlySpan<char> RawSegment(int index) => _target.AsSpan(_segments[index].Start, _segments[index].Length);

    /// <summary>What a segment of the path says, decoded; null where an escape is malformed or the bytes are not UTF-8.</summary>
    public string? Segment(int index)
    {
        ref var segment = ref _segments[index];
        if (segment.Decoded is null)
        {
            segment = segment with { Decoded = Decode(RawSegment(index)) };
        }

        return segment.Decoded;
    }

    /// <summary>The first value of a query parameter; null where it is absent or empty, which clients use alike.</summary>
    public string? Query(string name)
    {
        if (_query is null)
        {
            return null;
        }

        foreach (var (key, value) in _query)
        {
            if (key == name)
            {
                return value.Length == 0 ? null : value;
            }
        }

        return null;
    }

    /// <summary>Decodes percent escapes; null where one is malformed or the bytes are not UTF-8.</summary>
    public static string? Decode(ReadOnlySpan<char> text, bool plusIsSpace = false)
    {
        if (!text.Contains('%') && !(plusIsSpace && text.Contains('+')))
        {
            return text.ToString();
        }

        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        var bytes = most <= OnStack ? stackalloc byte[OnStack] : rented = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            return TryDecode(text, plusIsSpace, bytes, out var length) ? Strict.GetString(bytes[..length]) : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static bool TryDecode(ReadOnlySpan<char> text, bool plusIsSpace, Span<byte> bytes, out int length)
    {
        length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '%':
                    if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    {
                        return false;
                    }

                    bytes[length++] = (byte)((Digit(text[i + 1]) << 4) | Digit(text[i + 2]));
                    i += 2;
                    break;
                case '+' when plusIsSpace:
                    bytes[length++] = (byte)' ';
                    break;
                case < '\x80':
                    bytes[length++] = (byte)text[i];
                    break;
                default:
                    length += Encoding.UTF8.GetBytes(text.Slice(i, 1), bytes[length..]);
                    break;
            }
        }

        return true;
    }

    private static int Digit(char hex) => char.IsAsciiDigit(hex) ? hex - '0' : (hex | 0x20) - 'a' + 10;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly record struct Part(int Start, int Length, string? Decoded);
}
