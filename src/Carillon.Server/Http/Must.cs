using System.Text;

namespace Carillon.Server.Http;

/// <summary>
/// Checks the members of a request against the service model's constraints and collects what breaks them, in AWS's
/// sentences. Values are left out of the sentences: the model calls most of them sensitive.
/// </summary>
internal sealed class Must
{
    private readonly List<string> _broken = [];

    /// <summary>Null while every constraint holds.</summary>
    public string? Broken => _broken.Count switch
    {
        0 => null,
        1 => $"1 validation error detected: {_broken[0]}",
        var count => $"{count} validation errors detected: {string.Join("; ", _broken)}",
    };

    public Must Have(object? value, string member)
    {
        if (value is null)
        {
            _broken.Add($"Value null at '{member}' failed to satisfy constraint: Member must not be null");
        }

        return this;
    }

    /// <summary>Characters, as the model counts them.</summary>
    public Must Length(string? value, int least, int most, string member)
    {
        if (value is null)
        {
            return this;
        }

        var length = CountCharacters(value);
        return length < least
                ? Fail(member, $"Member must have length greater than or equal to {least}")
            : length > most ? Fail(member, $"Member must have length less than or equal to {most}")
            : this;
    }

    /// <summary>UTF-8 bytes, where the service counts bytes.</summary>
    public Must Bytes(string? value, int most, string member, string sentence)
    {
        if (value is not null && Encoding.UTF8.GetByteCount(value) > most)
        {
            _broken.Add($"{sentence} (at '{member}', {most} bytes)");
        }

        return this;
    }

    public Must Pattern(string? value, Pattern pattern, string member) =>
        value is null || pattern.Matches(value)
            ? this
            : Fail(member, $"Member must satisfy regular expression pattern: {pattern.Text}");

    public Must OneOf(string? value, string member, params ReadOnlySpan<string> values)
    {
        if (value is null)
        {
            return this;
        }

        foreach (var allowed in values)
        {
            if (value == allowed)
            {
                return this;
            }
        }

        return Fail(member, $"Member must satisfy enum value set: [{string.Join(", ", values.ToArray())}]");
    }

    public Must Between(long? value, long least, long most, string member) =>
        value < least ? Fail(member, $"Member must have value greater than or equal to {least}")
        : value > most ? Fail(member, $"Member must have value less than or equal to {most}")
        : this;

    public Must Count<T>(IReadOnlyCollection<T>? value, int least, int most, string member) =>
        value is null ? this
        : value.Count < least ? Fail(member, $"Member must have length greater than or equal to {least}")
        : value.Count > most ? Fail(member, $"Member must have length less than or equal to {most}")
        : this;

    /// <summary>Any ARN: 5 to 1,600 characters of the model's ChimeArn.</summary>
    public Must Arn(string? value, string member) => Length(value, 5, 1600, member).Pattern(value, Patterns.ChimeArn, member);

    public Must Arns(IReadOnlyList<string>? values, int most, string member)
    {
        Count(values, 1, most, member);
        foreach (var value in values ?? [])
        {
            Have(value, member).Arn(value, member);
        }

        return this;
    }

    /// <summary>1 to 256 characters of the model's NonEmptyResourceName.</summary>
    public Must ResourceName(string? value, string member) =>
        Length(value, 1, 256, member).Pattern(value, Patterns.ResourceName, member);

    /// <summary>1 to 100 characters, not only spaces: the model's UserName.</summary>
    public Must UserName(string? value, string member) =>
        Length(value, 1, 100, member).Pattern(value, Patterns.UserName, member);

    /// <summary>Up to 1,024 characters. Line breaks are let through, because callers print their JSON with them.</summary>
    // Differs from AWS: metadata may hold line breaks; the model's pattern excludes them.
    public Must Metadata(string? value) => Length(value, 0, 1024, "metadata");

    public Must RequestToken(string? value) => Have(value, "clientRequestToken")
        .Length(value, 2, 64, "clientRequestToken").Pattern(value, Patterns.Token, "clientRequestToken");

    public Must Page(int? maxResults, string? nextToken) =>
        Between(maxResults, 1, Call.MostResults, "maxResults").Length(nextToken, 0, 2048, "nextToken");

    /// <summary>1 to 128 characters of the model's SubChannelId.</summary>
    public Must SubChannel(string? subChannelId) =>
        Length(subChannelId, 1, 128, "subChannelId").Pattern(subChannelId, Patterns.Token, "subChannelId");

    /// <summary>A rule of the service that the model does not spell.</summary>
    public Must Hold(bool condition, string sentence)
    {
        if (!condition)
        {
            _broken.Add(sentence);
        }

        return this;
    }

    private Must Fail(string member, string constraint)
    {
        _broken.Add($"Value at '{member}' failed to satisfy constraint: {constraint}");
        return this;
    }

    private static int CountCharacters(string value)
    {
        var count = value.Length;
        foreach (var character in value)
        {
            if (char.IsLowSurrogate(character))
            {
                count--;
            }
        }

        return count;
    }
}
