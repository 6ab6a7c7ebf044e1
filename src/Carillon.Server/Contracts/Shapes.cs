using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Carillon.Server.Http;
using Carillon.Wire.RestJson;

namespace Carillon.Server.Contracts;

/// <summary>A type with its limits. It checks the JSON value at the walk's reader and leaves the reader at its end.</summary>
internal abstract class Shape
{
    public abstract void Check(ref Walk walk);
}

/// <summary>A shape whose values may stand in path, query or header.</summary>
internal interface IPlainShape
{
    /// <param name="name">Of the parameter or header, for a refusal.</param>
    void Check(string text, string name, ref Walk walk);
}

/// <param name="Name">As the model writes it.</param>
internal sealed record ShapeMember(string Name, Shape Shape, bool Required)
{
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(Name);
}

internal sealed class TextShape(int least, int most, Pattern? pattern, string[]? words) : Shape, IPlainShape
{
    [Flags]
    private enum Breach
    {
        None = 0,
        TooShort = 1,
        TooLong = 2,
        OffPattern = 4,
        NoSuchWord = 8,
    }

    private readonly string _tooShort = $"Member must have length greater than or equal to {least}";
    private readonly string _tooLong = $"Member must have length less than or equal to {most}";
    private readonly string _offPattern = $"Member must satisfy regular expression pattern: {pattern?.Text}";
    private readonly string _noSuchWord = $"Member must satisfy enum value set: [{string.Join(", ", words ?? [])}]";

    /// <summary>All that is asked, as AWS lists it for what a list or map holds.</summary>
    public string Everything => $"[{string.Join(", ", Sentences(Breach.TooLong | Breach.TooShort | Breach.OffPattern | Breach.NoSuchWord))}]";

    public override void Check(ref Walk walk) => Check(walk.Text(), ref walk);

    public void Check(string text, string name, ref Walk walk) => Check(text.AsSpan(), ref walk);

    public bool Holds(ReadOnlySpan<char> text) => BreachOf(text) == Breach.None;

    private void Check(ReadOnlySpan<char> text, ref Walk walk)
    {
        var breach = BreachOf(text);
        if (breach != Breach.None)
        {
            foreach (var sentence in Sentences(breach))
            {
                walk.Fail(sentence);
            }
        }
    }

    private Breach BreachOf(ReadOnlySpan<char> text)
    {
        var breach = Breach.None;
        if (words is not null)
        {
            return IsWord(text) ? breach : Breach.NoSuchWord;
        }

        var length = CountCharacters(text);
        breach |= length < least ? Breach.TooShort : length > most ? Breach.TooLong : Breach.None;
        return pattern is null || pattern.Matches(text) ? breach : breach | Breach.OffPattern;
    }

    private IEnumerable<string> Sentences(Breach breach)
    {
        if (breach.HasFlag(Breach.TooLong) && most < int.MaxValue)
        {
            yield return _tooLong;
        }

        if (breach.HasFlag(Breach.TooShort) && least > 0)
        {
            yield return _tooShort;
        }

        if (breach.HasFlag(Breach.OffPattern) && pattern is not null)
        {
            yield return _offPattern;
        }

        if (breach.HasFlag(Breach.NoSuchWord) && words is not null)
        {
            yield return _noSuchWord;
        }
    }

    private bool IsWord(ReadOnlySpan<char> text)
    {
        foreach (var word in words!)
        {
            if (text.SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>As the models count: a surrogate pair is one.</summary>
    private static int CountCharacters(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        foreach (var character in text)
        {
            if (char.IsLowSurrogate(character))
            {
                count--;
            }
        }

        return count;
    }
}

/// <summary>32 bits. JSON writes it without fraction and exponent.</summary>
internal sealed class IntegerShape(int least, int most) : Shape, IPlainShape
{
    public override void Check(ref Walk walk)
    {
        if (walk.Json.TokenType != JsonTokenType.Number || !walk.Json.TryGetInt32(out var number))
        {
            throw walk.Malformed();
        }

        Check(number, ref walk);
    }

    public void Check(string text, string name, ref Walk walk)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            throw new ApiException(ApiError.BadRequest, $"The query parameter '{name}' must be a whole number.");
        }

        Check(number, ref walk);
    }

    private void Check(int number, ref Walk walk)
    {
        if (number < least)
        {
            walk.Fail($"Member must have value greater than or equal to {least}");
        }
        else if (number > most)
        {
            walk.Fail($"Member must have value less than or equal to {most}");
        }
    }
}

internal sealed class BooleanShape : Shape
{
    public override void Check(ref Walk walk)
    {
        if (walk.Json.TokenType is not (JsonTokenType.True or JsonTokenType.False))
        {
            throw walk.Malformed();
        }
    }
}

/// <summary>Seconds since 1970 in JSON, ISO 8601 in a query; both within the years 1 to 9999.</summary>
internal sealed class TimestampShape : Shape, IPlainShape
{
    private static readonly decimal Least = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly decimal Most = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public override void Check(ref Walk walk)
    {
        if (walk.Json.TokenType != JsonTokenType.Number || !walk.Json.TryGetDecimal(out var seconds)
            || seconds < Least || seconds > Most)
        {
            throw walk.Malformed();
        }
    }

    public void Check(string text, string name, ref Walk walk)
    {
        if (QueryTimestamp.TryParse(text) is null)
        {
            throw new ApiException(ApiError.BadRequest, $"The query parameter '{name}' must be an ISO 8601 timestamp.");
        }
    }
}

/// <summary>Bytes, which JSON writes in base64. No model asks for a least number of them.</summary>
internal sealed class BlobShape(int most) : Shape
{
    private readonly string _tooLong = $"Member must have length less than or equal to {most}";

    public override void Check(ref Walk walk)
    {
        if (walk.Json.TokenType != JsonTokenType.String)
        {
            throw walk.Malformed();
        }

        int length;
        if (walk.Json.ValueIsEscaped)
        {
            var text = walk.Text();
            if (text.ContainsAny(" \t\r\n") || !Base64.IsValid(text, out length))
            {
                throw walk.Malformed();
            }
        }
        else if (walk.Json.ValueSpan.ContainsAny(" \t\r\n"u8) || !Base64.IsValid(walk.Json.ValueSpan, out length))
        {
            throw walk.Malformed();
        }

        if (length > most)
        {
            walk.Fail(_tooLong);
        }
    }
}

internal sealed class ListShape(int least, int most, Shape element) : Shape
{
    public override void Check(ref Walk walk)
    {
        if (walk.Json.TokenType != JsonTokenType.StartArray)
        {
            throw walk.Malformed();
        }

        var count = 0;
        var hold = true;
        for (walk.Json.Read(); walk.Json.TokenType != JsonTokenType.EndArray; walk.Json.Read(), count++)
        {
            walk.Enter(count);
            if (walk.Json.TokenType == JsonTokenType.Null)
            {
                walk.IsNull();
            }
            else if (element is TextShape text)
            {
                hold &= text.Holds(walk.Text());
            }
            else
            {
                element.Check(ref walk);
            }

            walk.Leave();
        }

        if (!hold)
        {
            walk.Fail($"Member must satisfy constraint: {((TextShape)element).Everything}");
        }

        if (count < least)
        {
            walk.Fail($"Member must have length greater than or equal to {least}");
        }
        else if (count > most)
        {
            walk.Fail($"Member must have length less than or equal to {most}");
        }
    }
}

/// <summary>Texts to values. A key may be there once.</summary>
internal sealed class MapShape(int least, int most, TextShape key, Shape value) : Shape
{
    public override void Check(ref Walk walk)
    {
        if (walk.Json.TokenType != JsonTokenType.StartObject)
        {
            throw walk.Malformed();
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var hold = true;
        for (walk.Json.Read(); walk.Json.TokenType != JsonTokenType.EndObject; walk.Json.Read())
        {
            var name = walk.Text();
            hold &= key.Holds(name);
            if (!seen.Add(name.ToString()))
            {
                throw walk.Malformed();
            }

            walk.Json.Read();

            // Callers choose the keys, so no sentence names one.
            walk.Enter("value");
            if (walk.Json.TokenType == JsonTokenType.Null)
            {
                walk.IsNull();
            }
            else
            {
                value.Check(ref walk);
            }

            walk.Leave();
        }

        if (!hold)
        {
            walk.Fail($"Map keys must satisfy constraint: {key.Everything}");
        }

        if (seen.Count < least)
        {
            walk.Fail($"Member must have length greater than or equal to {least}");
        }
        else if (seen.Count > most)
        {
            walk.Fail($"Member must have length less than or equal to {most}");
        }
    }
}

/// <summary>Named members. Those it does not know are skipped; those it knows may be there once, and null is absent.</summary>
internal sealed class StructureShape : Shape
{
    /// <summary>Takes any object.</summary>
    public static readonly StructureShape Empty = new([]);

    private readonly ShapeMember[] _members;
    private readonly ulong _required;

    public StructureShape(IReadOnlyList<ShapeMember> members)
    {
        _members = [.. members];
        for (var i = 0; i < _members.Length; i++)
        {
            _required |= _members[i].Required ? Bit(i) : 0;
        }
    }

    public override void Check(ref Walk walk)
    {
        if (walk.Json.TokenType != JsonTokenType.StartObject)
        {
            throw walk.Malformed();
        }

        ulong seen = 0;
        ulong given = 0;
        for (walk.Json.Read(); walk.Json.TokenType != JsonTokenType.EndObject; walk.Json.Read())
        {
            var index = Find(ref walk);
            walk.Json.Read();
            if (index < 0)
            {
                walk.Json.Skip();
                continue;
            }

            walk.Enter(_members[index].Name);
            if ((seen & Bit(index)) != 0)
            {
                throw walk.Malformed();
            }

            seen |= Bit(index);
            if (walk.Json.TokenType != JsonTokenType.Null)
            {
                given |= Bit(index);
                _members[index].Shape.Check(ref walk);
            }

            walk.Leave();
        }

        CheckGiven(given, ref walk);
    }

    /// <summary>Checks a body that is not there.</summary>
    public void CheckAbsent(ref Walk walk) => CheckGiven(0, ref walk);

    private void CheckGiven(ulong given, ref Walk walk)
    {
        if ((given & _required) == _required)
        {
            return;
        }

        for (var i = 0; i < _members.Length; i++)
        {
            if (_members[i].Required && (given & Bit(i)) == 0)
            {
                walk.Enter(_members[i].Name);
                walk.IsNull();
                walk.Leave();
            }
        }
    }

    private int Find(ref Walk walk)
    {
        for (var i = 0; i < _members.Length; i++)
        {
            if (walk.Json.ValueTextEquals(_members[i].Utf8Name))
            {
                return i;
            }
        }

        // An unknown name may be anything that is text at all.
        walk.Text();
        return -1;
    }

    // The largest structure of the models has a dozen members.
    private static ulong Bit(int index) => 1UL << index;
}
