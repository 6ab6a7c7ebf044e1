using System.Text;
using Carillon.Core.Gateway;
using Carillon.Wire;

namespace Carillon.Server.Gateway;

/// <summary>
/// RequestParameters of an integration: headers, query parameters and path parts of its request, out of the event. Keys read
/// <c>integration.request.header.N</c>, <c>.querystring.N</c> or <c>.path.N</c>.
/// </summary>
internal sealed class Mapping
{
    private const string Key = "integration.request.";

    private readonly List<(string Where, string Name, Func<GatewayEvent, string?> Value)> _parts = [];
    private readonly bool _hasPath;

    /// <exception cref="FormatException">A key or value has none of the forms; the message quotes it.</exception>
    public Mapping(IReadOnlyDictionary<string, string> parameters, IReadOnlyDictionary<string, string> stageVariables)
    {
        foreach (var (key, value) in parameters)
        {
            if (!key.StartsWith(Key, StringComparison.Ordinal) || key[Key.Length..].Split('.', 2) is not [var where, { Length: > 0 } name]
                || where is not ("header" or "querystring" or "path"))
            {
                throw new FormatException($"Invalid mapping expression specified: {key}");
            }

            _parts.Add((where, name, Source(value, stageVariables)));
            _hasPath |= where == "path";
        }
    }

    /// <returns>An empty URL where a path part would lead to another place than its own.</returns>
    public (string Url, List<(string Name, string Value)> Headers) Apply(string uri, GatewayEvent what)
    {
        var headers = new List<(string, string)>();
        var url = new StringBuilder(uri);
        var hasQuery = uri.Contains('?', StringComparison.Ordinal);
        foreach (var (where, name, source) in _parts)
        {
            if (source(what) is not { } value)
            {
                continue;
            }

            switch (where)
            {
                case "header" when !value.AsSpan().ContainsAny('\r', '\n', '\0'):
                    headers.Add((name, value));
                    break;
                case "path":
                    url.Replace("{" + name + "}", Uri.EscapeDataString(value));
                    break;
                case "querystring":
                    url.Append(hasQuery ? '&' : '?').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
                    hasQuery = true;
                    break;
            }
        }

        var mapped = url.ToString();
        return (_hasPath && mapped.Split('?')[0].Split('/').Any(part => part is "." or "..") ? "" : mapped, headers);
    }

    private static Func<GatewayEvent, string?> Source(string value, IReadOnlyDictionary<string, string> stageVariables)
    {
        if (value.Length >= 2 && value[0] == '\'' && value[^1] == '\'')
        {
            var literal = value[1..^1];
            return _ => literal;
        }

        if (After("context.") is { } context)
        {
            return what => what.Variable(context);
        }

        if (After("stageVariables.") is { } variable)
        {
            var set = stageVariables.GetValueOrDefault(variable);
            return _ => set;
        }

        if (value == "route.request.body")
        {
            return what => Encoding.UTF8.GetString(what.Body.Span);
        }

        if (After("route.request.body.") is not null)
        {
            var expression = SelectionExpression.Parse("${" + value["route.".Length..] + "}");
            return what => expression.Evaluate(what.Body) is { Length: > 0 } found ? found : null;
        }

        if ((After("route.request.header.") ?? After("route.request.multivalueheader.")) is { } header)
        {
            return what => what.Request?.Header(header);
        }

        if ((After("route.request.querystring.") ?? After("route.request.multivaluequerystring.")) is { } query)
        {
            return what => what.Request is { } request ? RawTarget.Parse(request.Target)?.Query(query) : null;
        }

        throw new FormatException($"Invalid mapping expression specified: {value}");

        string? After(string start) =>
            value.StartsWith(start, StringComparison.Ordinal) && value.Length > start.Length ? value[start.Length..] : null;
    }
}
