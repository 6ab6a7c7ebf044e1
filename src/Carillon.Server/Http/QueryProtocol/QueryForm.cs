using System.Globalization;
using System.Text;

namespace Carillon.Server.Http.QueryProtocol;

/// <summary>The parameters of a request: <c>Action=CreateRole&amp;Tags.member.1.Key=team&amp;...</c></summary>
internal sealed class QueryForm
{
    /// <summary>Ours; the largest request that fits the limits of IAM has about a hundred.</summary>
    private const int MostParameters = 1000;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Absent counts as empty, as in Action and Version.</summary>
    public string this[string name] => _values.GetValueOrDefault(name, "");

    public IEnumerable<string> Names => _values.Keys;

    public string? Find(string name) => _values.GetValueOrDefault(name);

    /// <exception cref="QueryFault">Broken escapes, bytes that are no UTF-8, or a name twice.</exception>
    public static QueryForm Parse(ReadOnlySpan<byte> body)
    {
        var form = new QueryForm();
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf((byte)'=');
            var name = Decode(equals < 0 ? pair : pair[..equals]);
            if (form._values.Count == MostParameters || !form._values.TryAdd(name, equals < 0 ? "" : Decode(pair[(equals + 1)..])))
            {
                throw Malformed();
            }
        }

        return form;
    }

    /// <summary>The plain members of a list, <c>Name.member.1</c>, in the order of their numbers.</summary>
    public IReadOnlyList<string> List(string name) =>
        [.. Numbers(name).Select(n => this[$"{name}.member.{n.ToString(CultureInfo.InvariantCulture)}"])];

    /// <summary>The structures of a list, each as its fields: <c>Name.member.1.Key</c>.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Structures(string name) =>
    [
        .. Numbers(name).Select(n =>
        {
            var prefix = $"{name}.member.{n.ToString(CultureInfo.InvariantCulture)}.";
            return _values.Where(v => v.Key.StartsWith(prefix, StringComparison.Ordinal))
                .ToDictionary(v => v.Key[prefix.Length..], v => v.Value);
        }),
    ];

    private SortedSet<int> Numbers(string name)
    {
        var prefix = name + ".member.";
        var numbers = new SortedSet<int>();
        foreach (var key in _values.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var rest = key.AsSpan(prefix.Length);
            var dot = rest.IndexOf('.');
            if (!int.TryParse(dot < 0 ? rest : rest[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                throw Malformed();
            }

            numbers.Add(number);
        }

        return numbers;
    }

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private static string Decode(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                bytes[length++] = text[i] == '+' ? (byte)' ' : text[i];
                continue;
            }

            if (i + 2 >= text.Length
                || !byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length++]))
            {
                throw Malformed();
            }

            i += 2;
        }

        try
        {
            return Strict.GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException)
        {
            throw Malformed();
        }
    }

    private static QueryFault Malformed() =>
        new(400, "MalformedQueryString", "The query string contains a syntax error");
}
