using Carillon.Server.Outbound;

namespace Carillon.Server.Flows;

/// <summary>
/// Which URL stands for a Lambda function: <c>moderate=http://127.0.0.1:9000/</c>, by the function's name or its whole ARN,
/// separated by commas. Port 0 is this server's own, which may be known only once it listens.
/// </summary>
internal sealed class FlowEndpoints
{
    private const string FunctionPart = ":function:";

    private readonly Dictionary<string, Uri> _urls = new(StringComparer.Ordinal);

    private readonly Func<int> _ownPort;

    /// <param name="ownPort">Asked when a URL with port 0 is looked for.</param>
    /// <exception cref="FormatException">An entry is no name with a URL; the message quotes its name.</exception>
    public FlowEndpoints(string entries, Func<int> ownPort)
    {
        _ownPort = ownPort;
        foreach (var entry in entries.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (entry.Split('=', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, var url]
                || Webhooks.Url(url) is not { } uri)
            {
                throw new FormatException($"'{entry.Split('=')[0]}' must read function=URL, with an http or https URL.");
            }

            _urls[name] = uri;
        }
    }

    /// <summary>The URL of the ARN, or else of the function's name; null where neither has one.</summary>
    public Uri? Find(string functionArn)
    {
        if (!_urls.TryGetValue(functionArn, out var url) && !_urls.TryGetValue(NameOf(functionArn), out url))
        {
            return null;
        }

        return url.Port == 0 ? new UriBuilder(url) { Port = _ownPort() }.Uri : url;
    }

    /// <summary>Without version or alias.</summary>
    private static string NameOf(string arn) =>
        arn[(arn.IndexOf(FunctionPart, StringComparison.Ordinal) + FunctionPart.Length)..].Split(':')[0];
}
