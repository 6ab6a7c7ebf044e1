using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Carillon.Server.Http;

namespace Carillon.Server.Contracts;

/// <summary>One request on its way through the shapes: where it is, and what it broke so far.</summary>
internal ref struct Walk
{
    /// <summary>Sentences that an answer holds; what is broken beyond is only counted. Ours: a body has room for 80,000.</summary>
    private const int MostSentences = 32;

    /// <summary>Levels of arrays and objects in a body. Ours; the deepest legal request has six.</summary>
    private const int MostDepth = 32;

    /// <summary>The body, at the value that is checked.</summary>
    public Utf8JsonReader Json;

    private readonly int _length;
    private Places _places;
    private int _depth;
    private List<string>? _broken;
    private int _count;
    private char[]? _text;

    public Walk(ReadOnlySpan<byte> body)
    {
        Json = new(body, new JsonReaderOptions { MaxDepth = MostDepth });
        _length = body.Length;
    }

    /// <summary>Null while every limit holds.</summary>
    public readonly string? Broken => _count switch
    {
        0 => null,
        1 => $"1 validation error detected: {_broken![0]}",
        _ => $"{_count} validation errors detected: {string.Join("; ", _broken!)}",
    };

    /// <summary>Checks the whole body.</summary>
    /// <exception cref="ApiException">BadRequest: it is not the JSON that the shape reads.</exception>
    public void Document(StructureShape shape, bool isAbsent)
    {
        if (isAbsent)
        {
            shape.CheckAbsent(ref this);
            return;
        }

        try
        {
            Json.Read();
            shape.Check(ref this);

            // Nothing may follow.
            Json.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Their own texts may quote the body, and bodies are private.
            throw Malformed();
        }
    }

    /// <summary>The text at the reader, unescaped. It is valid until the next.</summary>
    /// <exception cref="ApiException">BadRequest: there is no text.</exception>
    /// <exception cref="InvalidOperationException">It is no Unicode: half a surrogate pair, or bytes that are no UTF-8.</exception>
    public ReadOnlySpan<char> Text()
    {
        if (Json.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
        {
            throw Malformed();
        }

        // A text is never longer than the body it stands in.
        _text ??= ArrayPool<char>.Shared.Rent(_length);
        return _text.AsSpan(0, Json.CopyString(_text));
    }

    public void Enter(string member) => _places[_depth++] = new(member, 0);

    /// <param name="index">Of a list's element, from 0.</param>
    public void Enter(int index) => _places[_depth++] = new(null, index);

    public void Leave() => _depth--;

    public void Fail(string constraint) => Say($"Value at '{Place()}' failed to satisfy constraint: {constraint}");

    public void IsNull() => Say($"Value null at '{Place()}' failed to satisfy constraint: Member must not be null");

    /// <summary>The refusal of what cannot be read here as what it should be.</summary>
    public readonly ApiException Malformed() => new(
        ApiError.BadRequest,
        _depth == 0 ? "The request body is not the JSON expected." : $"The request body cannot be read at {JsonPath()}.");

    public void Dispose()
    {
        if (_text is not null)
        {
            ArrayPool<char>.Shared.Return(_text, clearArray: true);
            _text = null;
        }
    }

    private void Say(string sentence)
    {
        if (++_count <= MostSentences)
        {
            (_broken ??= []).Add(sentence);
        }
    }

    /// <summary>As AWS writes it: <c>tags.1.member.key</c>.</summary>
    private readonly string Place()
    {
        var text = new StringBuilder();
        for (var i = 0; i < _depth; i++)
        {
            var place = _places[i];
            text.Append(i == 0 ? "" : ".");
            if (place.Member is { } member)
            {
                text.Append(char.ToLowerInvariant(member[0])).Append(member, 1, member.Length - 1);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"{place.Index + 1}.member");
            }
        }

        return text.ToString();
    }

    /// <summary>As JSON libraries write it: <c>$.Tags[0].Key</c>.</summary>
    private readonly string JsonPath()
    {
        var text = new StringBuilder("$");
        for (var i = 0; i < _depth; i++)
        {
            var place = _places[i];
            _ = place.Member is { } member
                ? text.Append('.').Append(member)
                : text.Append(CultureInfo.InvariantCulture, $"[{place.Index}]");
        }

        return text.ToString();
    }

    private readonly record struct PlaceOf(string? Member, int Index);

    /// <summary>The deepest shape of the models has five parts.</summary>
    [InlineArray(8)]
    private struct Places
    {
        private PlaceOf _first;
    }
}
