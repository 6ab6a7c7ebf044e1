using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Access;

/// <summary>
/// The tags of what an ARN names, read from the store when a policy first asks for one, so that requests under policies
/// without <c>aws:ResourceTag</c> pay nothing. What is not there has none.
/// </summary>
internal sealed class ResourceTags(IStore store, Arns arns, string arn) : IReadOnlyDictionary<string, string>
{
    private Dictionary<string, string>? _tags;

    private Dictionary<string, string> Tags => _tags ??= Read();

    private Dictionary<string, string> Read() => store.Read(Tagged).ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal);

    private IReadOnlyList<Tag> Tagged(IView view) =>
        arns.ResourceAddress(arn) is { } address ? view.ListTags(address.Path)
        : arns.StreamName(arn) is { } name && view.FindStream(name) is { } stream ? view.ListStreamTags(stream.Key)
        : [];

    public string this[string key] => Tags[key];

    public IEnumerable<string> Keys => Tags.Keys;

    public IEnumerable<string> Values => Tags.Values;

    public int Count => Tags.Count;

    public bool ContainsKey(string key) => Tags.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => Tags.TryGetValue(key, out value);

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => Tags.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
