using System.Globalization;
using System.Text;

namespace Carillon.Wire;

/// <summary>
/// The target of a request as it stood on the wire. ARNs travel percent-encoded inside one path segment, so the path is
/// split before it is decoded, and decoded once.
/// </summary>
public sealed class RawTarget
{
    private readonly List<KeyValuePair<string, string>> _query;
    private readonly string?[] _decoded;

    private RawTarget(string path, string[] segments, List<KeyValuePair<string, string>> query)
    {
        Path = path;
        Segments = segments;
        _decoded = new string?[segments.Length];
        _query = query;
    }

    /// <summary>Undecoded.</summary>
    public string Path { get; }

    /// <summary>Undecoded; what stands between the slashes of the path, without the empty first one.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>Null where an escape is malformed or what it decodes to is not UTF-8.</summary>
    public static RawTarget? Parse(string target)
    {
        var mark = target.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? target : target[..mark];
        var query = new List<KeyValuePair<string, string>>();
        if (mark >= 0)
        {
            foreach (var pair in target[(mark + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                var name = Decode(equals < 0 ? pair : pair[..equals], plusIsSpace: true);
                var value = equals < 0 ? "" : Decode(pair[(equals + 1)..], plusIsSpace: true);
                if (name is null || value is null)
                {
                    return null;
                }

                query.Add(new(name, value));
            }
        }

        var segments = path.StartsWith('/') ? path[1..].Split('/') : path.Split('/');
        return new(path, segments, query);
    }

    /// <summary>What a segment of the path says, decoded; null where an escape is malformed or the bytes are not UTF-8.</summary>
    public string? Segment(int index) => _decoded[index] ??= Decode(Segments[index]);

    /// <summary>The first value of a query parameter; null where it is absent or empty, which clients use alike.</summary>
    public string? Query(string name)
    {
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
    public static string? Decode(string text, bool plusIsSpace = false)
    {
        if (!text.Contains('%', StringComparison.Ordinal) && !(plusIsSpace && text.Contains('+', StringComparison.Ordinal)))
        {
            return text;
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '%':
                    if (i + 2 >= text.Length
                        || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                    {
                        return null;
                    }

                    bytes[length++] = value;
                    i += 2;
                    break;
                case '+' when plusIsSpace:
                    bytes[length++] = (byte)' ';
                    break;
                default:
                    length += Encoding.UTF8.GetBytes(text.AsSpan(i, 1), bytes.AsSpan(length));
                    break;
            }
        }

        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
}
