using System.Globalization;

namespace Carillon.Server.Http.QueryProtocol;

/// <summary>Letters that a member may consist of.</summary>
/// <param name="Pattern">As AWS's models spell it; goes into the sentence.</param>
internal sealed record Alphabet(string Pattern, Func<char, bool> Has)
{
    /// <summary>Names of IAM. <c>\w</c> is ASCII there.</summary>
    public static readonly Alphabet Name = new(@"[\w+=,.@-]+", IsName);

    /// <summary>The same in STS, which spells it with a star.</summary>
    public static readonly Alphabet SessionName = new(@"[\w+=,.@-]*", IsName);

    public static readonly Alphabet ExternalId = new(@"[\w+=,.@:\/-]*", c => IsName(c) || c is ':' or '/');

    public static readonly Alphabet Path = new(@"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)", c => c is >= '!' and <= '~');

    /// <summary>Paths of managed policies.</summary>
    public static readonly Alphabet PolicyPath = new(
        @"((/[A-Za-z0-9\.,\+@=_-]+)*)/", c => char.IsAsciiLetterOrDigit(c) || "/.,+@=_-".Contains(c, StringComparison.Ordinal));

    /// <summary>Ids of keys.</summary>
    public static readonly Alphabet Word = new(@"[\w]+", c => char.IsAsciiLetterOrDigit(c) || c == '_');

    public static readonly Alphabet Description = new(
        @"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*",
        c => c is '\t' or '\n' or '\r' or (>= ' ' and <= '~') or (>= '\u00A1' and <= '\u00FF'));

    public static readonly Alphabet Tag = new(
        @"[\p{L}\p{Z}\p{N}_.:/=+\-@]*",
        c => char.IsLetter(c) || char.IsSeparator(c) || char.IsNumber(c) || "_.:/=+-@".Contains(c, StringComparison.Ordinal));

    public static readonly Alphabet Any = new("", _ => true);

    private static bool IsName(char c) =>
        char.IsAsciiLetterOrDigit(c) || "_+=,.@-".Contains(c, StringComparison.Ordinal);
}

/// <summary>Collects what is wrong with the members of a request, then refuses once, in AWS's words.</summary>
internal sealed class Checks(QueryForm form)
{
    private readonly List<string> _wrong = [];

    /// <summary>A member that must be there; empty text if it is not, which <see cref="Done"/> then refuses.</summary>
    public string Required(string name, int least, int most, Alphabet alphabet)
    {
        if (form.Find(name) is not null)
        {
            return Optional(name, least, most, alphabet)!;
        }

        _wrong.Add($"Value null at '{Camel(name)}' failed to satisfy constraint: Member must not be null");
        return "";
    }

    public string? Optional(string name, int least, int most, Alphabet alphabet)
    {
        var text = form.Find(name);
        if (text is not null)
        {
            Text(text, Camel(name), least, most, alphabet);
        }

        return text;
    }

    /// <summary>A whole number; the default where absent.</summary>
    public int Number(string name, int least, int most, int otherwise)
    {
        if (form.Find(name) is not { } text)
        {
            return otherwise;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            throw QueryFault.Invalid($"{name} must be a whole number, and '{text}' is none.");
        }

        if (number < least)
        {
            Fails(text, Camel(name), $"Member must have value greater than or equal to {least}");
        }
        else if (number > most)
        {
            Fails(text, Camel(name), $"Member must have value less than or equal to {most}");
        }

        return number;
    }

    /// <summary>Seconds; null where absent.</summary>
    public int? Seconds(string name, int least, int most) =>
        form.Find(name) is null ? null : Number(name, least, most, otherwise: 0);

    /// <summary>A member that must be there and is not told again in an answer.</summary>
    public string Secret(string name, int least, int most)
    {
        var text = form.Find(name);
        if (text is null)
        {
            return Required(name, least, most, Alphabet.Any);
        }

        if (text.Length < least || text.Length > most)
        {
            _wrong.Add($"Value at '{Camel(name)}' failed to satisfy constraint: Member must have length between {least} and {most}");
        }

        return text;
    }

    public void Length(string text, string at, int least, int most) => Text(text, at, least, most, Alphabet.Any);

    /// <summary>True or false; false where absent.</summary>
    public bool Truth(string name)
    {
        var text = form.Find(name);
        return text is not null && (bool.TryParse(text, out var truth)
            ? truth
            : throw QueryFault.Invalid($"{name} must be true or false, and '{text}' is neither."));
    }

    /// <summary>One of several words; null where absent.</summary>
    public string? Word(string name, params string[] words)
    {
        var text = form.Find(name);
        if (text is not null && !words.Contains(text))
        {
            Fails(text, Camel(name), $"Member must satisfy enum value set: [{string.Join(", ", words)}]");
        }

        return text;
    }

    /// <summary>A list of texts, <c>Name.member.1</c>.</summary>
    public IReadOnlyList<string> Texts(string name, int least, int most, int mostTexts)
    {
        var texts = form.List(name);
        for (var i = 0; i < texts.Count; i++)
        {
            Text(texts[i], $"{Camel(name)}.{i + 1}.member", least, most, Alphabet.Any);
        }

        if (texts.Count > mostTexts)
        {
            Fails("[...]", Camel(name), $"Member must have length less than or equal to {mostTexts}");
        }

        return texts;
    }

    /// <summary>Tags as both services take them: <c>Tags.member.1.Key</c>, <c>Tags.member.1.Value</c>.</summary>
    public IReadOnlyList<(string Key, string Value)> Tags()
    {
        var tags = new List<(string, string)>();
        foreach (var fields in form.Structures("Tags"))
        {
            var at = $"tags.{tags.Count + 1}.member";
            var (key, value) = (fields.GetValueOrDefault("Key"), fields.GetValueOrDefault("Value"));
            Member(key, at + ".key", 1, 128);
            Member(value, at + ".value", 0, 256);
            if (key?.StartsWith("aws:", StringComparison.OrdinalIgnoreCase) == true)
            {
                throw QueryFault.Invalid("Tag keys beginning with aws: are reserved for system use.");
            }

            tags.Add((key ?? "", value ?? ""));
        }

        if (tags.Count > 50)
        {
            Fails("[...]", "tags", "Member must have length less than or equal to 50");
        }

        return tags;
    }

    /// <summary>The keys of tags: <c>TagKeys.member.1</c>.</summary>
    public IReadOnlyList<string> TagKeys(string name)
    {
        var keys = form.List(name);
        for (var i = 0; i < keys.Count; i++)
        {
            Member(keys[i], $"{Camel(name)}.{i + 1}.member", 1, 128);
        }

        return keys;
    }

    public void Fails(string value, string at, string because) =>
        _wrong.Add($"Value '{value}' at '{at}' failed to satisfy constraint: {because}");

    /// <exception cref="QueryFault">Something was wrong.</exception>
    public void Done()
    {
        if (_wrong.Count > 0)
        {
            throw QueryFault.Invalid(
                $"{_wrong.Count} validation error{(_wrong.Count == 1 ? "" : "s")} detected: {string.Join("; ", _wrong)}");
        }
    }

    private void Member(string? text, string at, int least, int most)
    {
        if (text is null)
        {
            _wrong.Add($"Value null at '{at}' failed to satisfy constraint: Member must not be null");
        }
        else
        {
            Text(text, at, least, most, Alphabet.Tag);
        }
    }

    private void Text(string text, string at, int least, int most, Alphabet alphabet)
    {
        if (text.Length < least)
        {
            Fails(text, at, $"Member must have length greater than or equal to {least}");
        }
        else if (text.Length > most)
        {
            Fails(text, at, $"Member must have length less than or equal to {most}");
        }
        else if (!text.All(alphabet.Has))
        {
            Fails(text, at, $"Member must satisfy regular expression pattern: {alphabet.Pattern}");
        }
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
