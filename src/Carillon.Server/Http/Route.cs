using Carillon.Wire;

namespace Carillon.Server.Http;

/// <summary>
/// Method, path and selector of an operation, as the service model writes them:
/// <c>Route.Get("/channels/{channelArn}?scope=app-instance-user-membership")</c>. Several operations share a method and
/// path; the selector in the query tells them apart.
/// </summary>
internal sealed class Route
{
    private readonly string[] _segments;

    private Route(string method, string template)
    {
        Method = method;
        Template = template;
        var mark = template.IndexOf('?', StringComparison.Ordinal);
        _segments = (mark < 0 ? template : template[..mark])[1..].Split('/');
        if (mark >= 0)
        {
            var pair = template[(mark + 1)..].Split('=');
            (SelectorName, SelectorValue) = (pair[0], pair[1]);
        }
    }

    public string Method { get; }

    public string Template { get; }

    public string? SelectorName { get; }

    public string? SelectorValue { get; }

    public static Route Get(string template) => new(HttpMethods.Get, template);

    public static Route Post(string template) => new(HttpMethods.Post, template);

    public static Route Put(string template) => new(HttpMethods.Put, template);

    public static Route Delete(string template) => new(HttpMethods.Delete, template);

    /// <summary>What every path of the API starts with.</summary>
    public string Root => _segments[0];

    public bool Matches(string method, RawTarget target)
    {
        if (method != Method || target.Segments != _segments.Length)
        {
            return false;
        }

        for (var i = 0; i < _segments.Length; i++)
        {
            var wanted = _segments[i];
            var given = target.RawSegment(i);
            if (wanted[0] == '{' ? given.IsEmpty : !given.SequenceEqual(wanted))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The decoded value of a path label; null where its escapes are malformed.</summary>
    public string? Label(RawTarget target, string name)
    {
        for (var i = 0; i < _segments.Length; i++)
        {
            if (_segments[i].AsSpan(1, Math.Max(0, _segments[i].Length - 2)).SequenceEqual(name) && _segments[i][0] == '{')
            {
                return target.Segment(i);
            }
        }

        throw new ArgumentException($"{Template} has no label {name}.");
    }
}
