using System.Buffers;

namespace Carillon.Core.Access;

/// <summary>
/// A text of a policy with its wildcards and variables, ready to be held against values. Costs at most
/// (length of pattern) x (length of value) steps and allocates nothing for patterns of ordinary length.
/// </summary>
internal sealed class Pattern
{
    /// <summary>Codes below zero are not letters: a run of any letters, any one letter, and from -3 down the variables.</summary>
    private const int AnyRun = -1, AnyOne = -2, FirstVariable = -3;

    private const int ComfortableLength = 512;

    private readonly int[] _codes;
    private readonly Variable[] _variables;

    private Pattern(int[] codes, Variable[] variables) => (_codes, _variables) = (codes, variables);

    /// <summary>The pattern is a lone <c>*</c>.</summary>
    public bool IsAnything => _codes is [AnyRun];

    /// <param name="text">As the document has it.</param>
    /// <param name="wildcards">Whether <c>*</c> and <c>?</c> mean more than themselves.</param>
    /// <param name="substitute">Whether <c>${...}</c> means more than itself (version 2012-10-17).</param>
    /// <exception cref="MalformedPolicyException">A variable that cannot be read.</exception>
    public static Pattern Parse(string text, bool wildcards, bool substitute)
    {
        var codes = new List<int>(text.Length);
        var variables = new List<Variable>();
        for (var i = 0; i < text.Length; i++)
        {
            if (substitute && text[i] == '$' && i + 1 < text.Length && text[i + 1] == '{')
            {
                var variable = Variable.Read(text, i, out i);
                if (variable.Key.Length == 1)
                {
                    codes.Add(variable.Key[0]);
                    continue;
                }
                codes.Add(FirstVariable - variables.Count);
                variables.Add(variable);
                continue;
            }
            codes.Add(wildcards && text[i] == '*' ? AnyRun : wildcards && text[i] == '?' ? AnyOne : text[i]);
        }
        return new Pattern([.. codes], [.. variables]);
    }

    /// <summary>Holds the pattern against the whole of <paramref name="value"/>.</summary>
    public Match Against(ReadOnlySpan<char> value, Circumstances about, bool ignoreCase = false) =>
        Against(value, about, components: 1, ignoreCase);

    /// <summary>
    /// Holds the pattern against an ARN component by component: the first ones by themselves, and what follows the last
    /// counted colon as one, so that wildcards in it cross colons.
    /// </summary>
    public Match AgainstArn(ReadOnlySpan<char> value, Circumstances about, int components) =>
        IsAnything ? Match.Yes : Against(value, about, components, ignoreCase: false);

    private Match Against(ReadOnlySpan<char> value, Circumstances about, int components, bool ignoreCase)
    {
        if (_variables.Length == 0)
            return ToMatch(Components(_codes, value, components, ignoreCase));

        var length = _codes.Length - _variables.Length;
        foreach (var variable in _variables)
        {
            if (variable.Resolve(about) is not { } text)
                return Match.Unknown;
            length += text.Length;
        }
        int[]? rented = null;
        var resolved = length <= ComfortableLength
            ? stackalloc int[ComfortableLength]
            : rented = ArrayPool<int>.Shared.Rent(length);
        resolved = resolved[..length];
        var at = 0;
        foreach (var code in _codes)
        {
            if (code > FirstVariable)
            {
                resolved[at++] = code;
                continue;
            }
            foreach (var letter in _variables[FirstVariable - code].Resolve(about)!)
                resolved[at++] = letter;
        }
        var match = Components(resolved, value, components, ignoreCase);
        if (rented is not null)
            ArrayPool<int>.Shared.Return(rented);
        return ToMatch(match);
    }

    private static Match ToMatch(bool matches) => matches ? Match.Yes : Match.No;

    private static bool Components(ReadOnlySpan<int> pattern, ReadOnlySpan<char> value, int count, bool ignoreCase)
    {
        for (; count > 1; count--)
        {
            var patternEnd = pattern.IndexOf(':');
            var valueEnd = value.IndexOf(':');
            if (patternEnd < 0 || valueEnd < 0 || !Glob(pattern[..patternEnd], value[..valueEnd], ignoreCase))
                return false;
            pattern = pattern[(patternEnd + 1)..];
            value = value[(valueEnd + 1)..];
        }
        return Glob(pattern, value, ignoreCase);
    }

    /// <remarks>
    /// When letters stop agreeing, only the last run can usefully grow: whatever an earlier one could still reach, the
    /// last one reaches too. So there is one place to return to, and no explosion.
    /// </remarks>
    private static bool Glob(ReadOnlySpan<int> pattern, ReadOnlySpan<char> value, bool ignoreCase)
    {
        int p = 0, v = 0, lastRun = -1, resumeAt = 0;
        while (v < value.Length)
        {
            if (p < pattern.Length && pattern[p] == AnyRun)
            {
                lastRun = p++;
                resumeAt = v;
            }
            else if (p < pattern.Length && Agrees(pattern[p], value[v], ignoreCase))
            {
                p++;
                v++;
            }
            else if (lastRun >= 0)
            {
                p = lastRun + 1;
                v = ++resumeAt;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == AnyRun)
            p++;
        return p == pattern.Length;
    }

    private static bool Agrees(int code, char letter, bool ignoreCase) =>
        code == letter || code == AnyOne
        || (ignoreCase && code >= 0 && char.ToUpperInvariant((char)code) == char.ToUpperInvariant(letter));

    /// <param name="Key">A condition key, or one of the three letters that are written as variables to stand for themselves.</param>
    /// <param name="Otherwise">What to put where the key is absent; null means that nothing can be put there.</param>
    private readonly record struct Variable(string Key, string? Otherwise)
    {
        private static readonly SearchValues<char> NeverInKeys = SearchValues.Create(" \t\r\n'\"{}$*?");

        /// <remarks>A key with several values has no one value to put in, and counts as absent.</remarks>
        public string? Resolve(Circumstances about)
        {
            var value = about.Find(Key);
            return value.Count == 1 ? value[0] : Otherwise;
        }

        /// <summary>Reads <c>${key}</c> or <c>${key, 'text'}</c>; <paramref name="last"/> is the place of its closing brace.</summary>
        public static Variable Read(string text, int start, out int last)
        {
            var at = start + 2;
            while (at < text.Length && text[at] is not ('}' or ','))
                at++;
            var key = text[(start + 2)..at];
            string? otherwise = null;
            if (at < text.Length && text[at] == ',')
            {
                at = SkipSpaces(text, at + 1);
                var end = at < text.Length && text[at] == '\'' ? text.IndexOf('\'', at + 1) : -1;
                if (end < 0)
                    throw new MalformedPolicyException($"The default value of a policy variable must stand in single quotes: {text}");
                otherwise = text[(at + 1)..end];
                at = SkipSpaces(text, end + 1);
            }
            if (at >= text.Length || text[at] != '}')
                throw new MalformedPolicyException($"A policy variable is missing its closing brace: {text}");
            var standsForItself = key is "*" or "?" or "$" && otherwise is null;
            if (!standsForItself && !ReadsAsKey(key))
                throw new MalformedPolicyException($"'{key}' is not the name of a policy variable: {text}");
            last = at;
            return new Variable(key, otherwise);
        }

        private static bool ReadsAsKey(string key) =>
            key.Contains(':', StringComparison.Ordinal)
            && !key.AsSpan().ContainsAny(NeverInKeys) && key[0] != ':' && key[^1] != ':';

        private static int SkipSpaces(string text, int at)
        {
            while (at < text.Length && text[at] == ' ')
                at++;
            return at;
        }
    }
}

/// <summary>How a pattern or a comparison came out.</summary>
internal enum Match
{
    No,
    Yes,

    /// <summary>It names a variable that the request cannot fill.</summary>
    Unknown,
}

/// <summary>All that a condition or variable may ask about: the request, and the one target being considered.</summary>
internal readonly struct Circumstances(ContextKeys keys, AccessTarget target)
{
    private const string ResourceTag = "aws:ResourceTag/";

    public string Arn => target.Arn;

    public ContextValue Find(string key)
    {
        if (target.Tags is null || !key.StartsWith(ResourceTag, StringComparison.OrdinalIgnoreCase))
            return keys.Find(key);
        var name = key.AsSpan(ResourceTag.Length);
        string? first = null;
        List<string>? several = null;
        foreach (var (tag, value) in target.Tags)
        {
            // A resource may have tags that differ in case alone. All of them count, so that none hides another.
            if (!name.Equals(tag, StringComparison.OrdinalIgnoreCase))
                continue;
            if (first is null)
                first = value;
            else
                (several ??= [first]).Add(value);
        }
        return several is not null ? new ContextValue([.. several])
            : first is not null ? new ContextValue(first)
            : default;
    }
}
