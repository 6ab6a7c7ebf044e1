namespace Carillon.Wire.SigV4;

/// <summary>Walks a raw query: split at <c>&amp;</c>, then at the first <c>=</c>. Skips empty pieces.</summary>
internal ref struct QueryPairs(ReadOnlySpan<char> query)
{
    private ReadOnlySpan<char> rest = query;

    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>Empty when the pair has no <c>=</c>.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    public bool Next()
    {
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf('&');
            var pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            if (pair.IsEmpty) continue;

            var equal = pair.IndexOf('=');
            Name = equal < 0 ? pair : pair[..equal];
            Value = equal < 0 ? [] : pair[(equal + 1)..];
            return true;
        }

        return false;
    }

    /// <summary>Whether the name, once decoded, is this one; AWS's parameter names are case-sensitive.</summary>
    public readonly bool Is(string name) => Name.IndexOfAny('%', '+') < 0
        ? Name.SequenceEqual(name)
        : Percent.Decode(Name) == name;
}
