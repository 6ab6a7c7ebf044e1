using Carillon.Core.Access;
using Carillon.Server.Access;

namespace Carillon.Server.Http.QueryProtocol;

/// <summary>One operation of a query service, as the runner needs it.</summary>
/// <param name="Name">As AWS names it.</param>
/// <param name="Takes">
/// Its parameters. Any other is refused: one that was silently ignored might have been meant to restrict.
/// </param>
/// <param name="Needs">What the caller's policies must allow; null where no policy is asked, or the handler asks itself.</param>
/// <param name="Handle">Does it, and says what the result holds; null for an operation without a result.</param>
internal sealed record QueryOperation(
    string Name, string[] Takes, Permission? Needs, Func<QueryCall, Task<Action<XmlAnswer>?>> Handle)
{
    /// <summary>Whether it takes no signature, because whoever calls has no key yet.</summary>
    public bool IsUnsigned { get; init; }
}

/// <param name="Action">As IAM spells it.</param>
/// <param name="Target">The ARN it is done to, found before the operation runs.</param>
internal sealed record Permission(string Action, Func<QueryCall, AccessTarget> Target);

/// <summary>A service that speaks the query protocol.</summary>
internal sealed record QueryService(string Name, string Version, string Namespace, IReadOnlyList<QueryOperation> Operations)
{
    private readonly Dictionary<string, QueryOperation> _byName = Operations.ToDictionary(o => o.Name, StringComparer.Ordinal);

    /// <summary>Refuses callers whom the service does not serve, whatever their policies say.</summary>
    public Func<QueryOperation, Caller, QueryFault?> Bars { get; init; } = (_, _) => null;

    public QueryOperation? Find(string action) => _byName.GetValueOrDefault(action);
}

/// <summary>One request on its way through an operation.</summary>
/// <param name="Keys">The circumstances of the request, those of the caller below them.</param>
internal sealed record QueryCall(QueryForm Form, Caller Caller, ContextKeys Keys, AccessRoom Room);

/// <param name="Body">XML, to be sent as <c>text/xml</c>.</param>
internal sealed record QueryAnswer(int Status, string Body);
