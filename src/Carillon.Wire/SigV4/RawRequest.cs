namespace Carillon.Wire.SigV4;

/// <summary>One header line as it arrived. A name that arrives twice is two fields, in arrival order.</summary>
public readonly record struct HeaderField(string Name, string Value);

/// <summary>A request as it stood on the wire, before anything decoded, merged or reordered it.</summary>
/// <param name="method">As signed. A WebSocket over HTTP/2 arrives as CONNECT but was signed as GET: pass GET.</param>
/// <param name="target">The request target of the request line, escapes untouched, query included.</param>
/// <param name="headers">Every header, <c>Host</c> (HTTP/2: <c>:authority</c> under that name) included.</param>
public readonly ref struct RawRequest(string method, string target, ReadOnlySpan<HeaderField> headers)
{
    public string Method { get; } = method;

    public ReadOnlySpan<HeaderField> Headers { get; } = headers;

    public ReadOnlySpan<char> Path { get; } = PathOf(target);

    /// <summary>What follows the first <c>?</c>; empty without one.</summary>
    public ReadOnlySpan<char> Query { get; } = QueryOf(target);

    /// <summary>All values of a header joined with commas, as a hop might do; null when it is absent.</summary>
    public string? Header(string name)
    {
        string? joined = null;
        foreach (var field in Headers)
        {
            if (!field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            joined = joined is null ? field.Value : joined + "," + field.Value;
        }

        return joined?.Trim(' ', '\t');
    }

    public int CountOf(string name)
    {
        var count = 0;
        foreach (var field in Headers)
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) count++;
        return count;
    }

    private static ReadOnlySpan<char> PathOf(string target)
    {
        var mark = target.IndexOf('?');
        var path = mark < 0 ? target.AsSpan() : target.AsSpan(0, mark);
        if (path.StartsWith('/')) return path;

        // A request through a proxy may carry the absolute form; its signer saw the path alone.
        var scheme = path.IndexOf("://");
        if (scheme < 0) return path;
        var rest = path[(scheme + 3)..];
        var slash = rest.IndexOf('/');
        return slash < 0 ? [] : rest[slash..];
    }

    private static ReadOnlySpan<char> QueryOf(string target)
    {
        var mark = target.IndexOf('?');
        return mark < 0 ? [] : target.AsSpan(mark + 1);
    }
}
