namespace Carillon.Core.Access;

/// <summary>Who asks to become a role.</summary>
/// <param name="Kind">Which kind of name the others are.</param>
/// <param name="Name">
/// The ARN of the user, of the session or of the account's root; of a service or identity provider its name.
/// </param>
/// <param name="Account">The account it belongs to; null for services and providers.</param>
/// <param name="Role">For a session, the ARN of its role.</param>
public sealed record Principal(PrincipalKind Kind, string Name, string? Account = null, string? Role = null);

public enum PrincipalKind
{
    Aws,
    Service,
    Federated,
}

/// <summary>How far a trust policy vouches for a caller; more is greater.</summary>
public enum Trust
{
    /// <summary>No statement speaks of the caller.</summary>
    None,

    /// <summary>A statement denies it, whatever others say.</summary>
    Denied,

    /// <summary>
    /// The account or everyone is trusted, and leaves it to the caller's own policies. For "everyone" AWS does not say;
    /// ours is the safe side.
    /// </summary>
    ByAccount,

    /// <summary>The role of the calling session is named: its identity policies need not allow, its session policies must.</summary>
    ByRole,

    /// <summary>The caller itself is named: nothing else needs to allow it.</summary>
    ByName,
}

/// <summary>The policy that says who may assume a role, compiled once and immutable.</summary>
public sealed class TrustPolicy
{
    /// <summary>Characters without white space. Source: IAM quotas, "Role trust policy length".</summary>
    public const int MaxLength = 2_048;

    private readonly Statement[] _statements;

    private TrustPolicy(string document, Statement[] statements) => (Document, _statements) = (document, statements);

    /// <summary>The text it was compiled from.</summary>
    public string Document { get; }

    /// <exception cref="MalformedPolicyException">The document must not be saved, for the reason that the message gives.</exception>
    public static TrustPolicy Parse(string document) =>
        new(document, StatementReader.Read(document, PolicyKind.Trust, MaxLength));

    /// <param name="caller">Who asks.</param>
    /// <param name="action"><c>sts:AssumeRole</c> and, asked separately, <c>sts:TagSession</c> or <c>sts:SetSourceIdentity</c>.</param>
    /// <param name="role">The role, whose tags the conditions may ask for.</param>
    /// <param name="keys">The caller's keys and those of the request.</param>
    public Trust Evaluate(Principal caller, string action, AccessTarget role, ContextKeys keys)
    {
        var about = new Circumstances(keys, role);
        var trust = Trust.None;
        foreach (var statement in _statements)
        {
            if (!statement.SpeaksOf(action))
                continue;
            var named = Trust.None;
            foreach (var principal in statement.Principals)
            {
                var how = principal.Names(caller);
                named = how > named ? how : named;
            }
            if (named == Trust.None || !statement.Holds(about))
                continue;
            if (statement.Effect == Effect.Deny)
                return Trust.Denied;
            if (named > trust)
                trust = named;
        }
        return trust;
    }
}

/// <summary>One entry of a <c>Principal</c> element.</summary>
/// <param name="Kind">Null in a bare <c>"*"</c>, which means callers of every kind.</param>
/// <param name="Name">As in the document; <c>*</c> for all.</param>
internal sealed record PrincipalPattern(PrincipalKind? Kind, string Name)
{
    public Trust Names(Principal caller)
    {
        if (Kind is { } kind && kind != caller.Kind)
            return Trust.None;
        if (Name == caller.Name)
            return Trust.ByName;
        if (Name == "*")
            return Trust.ByAccount;
        if (caller.Role is not null && Name == caller.Role)
            return Trust.ByRole;
        return caller.Account is not null && AccountOf(Name) == caller.Account ? Trust.ByAccount : Trust.None;
    }

    /// <summary>The account that an entry names as a whole, by its number or by the ARN of its root; otherwise null.</summary>
    private static string? AccountOf(string name)
    {
        if (IsAccount(name))
            return name;
        var parts = name.Split(':');
        return parts is ["arn", _, "iam", "", var account, "root"] ? account : null;
    }

    public static bool IsAccount(string text) => text.Length == 12 && text.All(char.IsAsciiDigit);

    public static bool IsAwsName(string text)
    {
        if (text == "*" || IsAccount(text))
            return true;
        if (text.AsSpan().ContainsAny('*', '?'))
            return false;
        return text.Split(':', 6) switch
        {
            ["arn", _, "iam", "", var account, var rest] => IsAccount(account)
                && (rest == "root" || IsPathTo(rest, "user/") || IsPathTo(rest, "role/")),
            ["arn", _, "sts", "", var account, var rest] => IsAccount(account)
                && (IsPathTo(rest, "assumed-role/") || IsPathTo(rest, "federated-user/")),
            _ => false,
        };
    }

    private static bool IsPathTo(string text, string kind) =>
        text.Length > kind.Length && text.StartsWith(kind, StringComparison.Ordinal);
}
