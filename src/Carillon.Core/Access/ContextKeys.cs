namespace Carillon.Core.Access;

/// <summary>
/// What is known about a request and its caller, by condition key (<c>aws:PrincipalTag/team</c>, <c>aws:SourceIp</c>).
/// Keys differ by more than case; values are text, one or several.
/// </summary>
/// <param name="under">Keys known before this request (those of the caller), overridden by the ones set here.</param>
public sealed class ContextKeys(ContextKeys? under = null)
{
    private readonly Func<ContextKeys>? _later;
    private ContextKeys? _under = under;
    private Dictionary<string, ContextValue>? _values;

    /// <param name="later">
    /// Gives those keys when the first one is asked for, so that policies without conditions and variables pay for none.
    /// </param>
    public ContextKeys(Func<ContextKeys> later)
        : this() => _later = later;

    private Dictionary<string, ContextValue> Values => _values ??= new(StringComparer.OrdinalIgnoreCase);

    public ContextKeys Set(string key, string value)
    {
        Values[key] = new ContextValue(value);
        return this;
    }

    /// <param name="key">The condition key.</param>
    /// <param name="several">The values in any order; none means that the key is absent.</param>
    public ContextKeys Set(string key, string[] several)
    {
        Values[key] = new ContextValue(several);
        return this;
    }

    internal ContextValue Find(string key) =>
        _values is not null && _values.TryGetValue(key, out var value) ? value
        : (_under ??= _later?.Invoke())?.Find(key) ?? default;
}

/// <summary>The values of one condition key; a count of zero means that the request does not have it.</summary>
internal readonly struct ContextValue
{
    private readonly string? _one;
    private readonly string[]? _several;

    public ContextValue(string value) => _one = value;

    public ContextValue(string[] values) => _several = values;

    public int Count => _several?.Length ?? (_one is null ? 0 : 1);

    public string this[int index] => _several is null ? _one! : _several[index];
}
