using System.Text.Json;

namespace Carillon.Core.Access;

internal enum PolicyKind
{
    Identity,
    Trust,
}

/// <summary>
/// Turns a document into statements, or says what is wrong with it. Whatever it does not know it refuses: a policy that
/// is half understood is a hole. Sentences are AWS's where its documentation or its answers show them.
/// </summary>
internal sealed class StatementReader
{
    private readonly PolicyKind _kind;
    private readonly bool _substitute;
    private readonly HashSet<string> _sids = new(StringComparer.Ordinal);

    private StatementReader(PolicyKind kind, bool substitute) => (_kind, _substitute) = (kind, substitute);

    public static Statement[] Read(string text, PolicyKind kind, int maxLength)
    {
        using var document = PolicyJson.Parse(text, maxLength);
        var version = "2008-10-17";
        JsonElement? body = null;
        foreach (var (name, value) in PolicyJson.Members(document.RootElement, "The policy"))
        {
            switch (name)
            {
                case "Version":
                    version = PolicyJson.Text(value, name);
                    break;
                case "Id":
                    PolicyJson.Text(value, name);
                    break;
                case "Statement":
                    body = value;
                    break;
                default:
                    throw Unknown(name);
            }
        }
        if (version is not ("2012-10-17" or "2008-10-17"))
            throw new MalformedPolicyException($"The policy has an unknown version: {version}. Use 2012-10-17.");
        if (body is not { } found)
            throw new MalformedPolicyException("Syntax errors in policy. The policy has no Statement.");
        JsonElement[] elements = found.ValueKind == JsonValueKind.Array ? [.. found.EnumerateArray()] : [found];
        if (elements.Length == 0)
            throw new MalformedPolicyException("Syntax errors in policy. Statement must not be empty.");
        var reader = new StatementReader(kind, substitute: version == "2012-10-17");
        return [.. elements.Select(reader.ReadStatement)];
    }

    private Statement ReadStatement(JsonElement element)
    {
        Effect? effect = null;
        (bool Not, string[] Texts)? actions = null, resources = null;
        PrincipalPattern[]? principals = null;
        Condition[] conditions = [];
        foreach (var (name, value) in PolicyJson.Members(element, "A statement"))
        {
            switch (name)
            {
                case "Sid":
                    ReadSid(PolicyJson.Text(value, name));
                    break;
                case "Effect":
                    effect = ReadEffect(PolicyJson.Text(value, name));
                    break;
                case "Action" or "NotAction":
                    actions = ReadEither(actions, "Action", name, value);
                    break;
                case "Resource" or "NotResource" when _kind == PolicyKind.Identity:
                    resources = ReadEither(resources, "Resource", name, value);
                    break;
                case "Resource" or "NotResource":
                    throw new MalformedPolicyException($"Has prohibited field {name}");
                case "Principal" when _kind == PolicyKind.Trust:
                    principals = ReadPrincipals(value);
                    break;
                case "NotPrincipal" when _kind == PolicyKind.Trust:
                    throw new MalformedPolicyException("NotPrincipal is not available in a trust policy.");
                case "Principal" or "NotPrincipal":
                    throw new MalformedPolicyException("Policy document should not specify a principal.");
                case "Condition":
                    conditions = ConditionReader.Read(value, _substitute);
                    break;
                default:
                    throw Unknown(name);
            }
        }
        if (effect is null)
            throw new MalformedPolicyException("Syntax errors in policy. A statement has no Effect.");
        if (actions is not { } acts)
            throw new MalformedPolicyException("Policy statement must contain actions.");
        var statement = new Statement(effect.Value, acts.Not, [.. acts.Texts.Select(ReadAction)], conditions);
        if (_kind == PolicyKind.Trust)
        {
            return statement with
            {
                Principals = principals ?? throw new MalformedPolicyException("Policy statement must contain principals."),
            };
        }
        if (resources is not { } things)
            throw new MalformedPolicyException("Policy statement must contain resources.");
        return statement with { NotResources = things.Not, Resources = [.. things.Texts.Select(ReadResource)] };
    }

    private static (bool Not, string[] Texts) ReadEither(
        (bool, string[])? already, string plain, string name, JsonElement value) => already is null
            ? (name != plain, PolicyJson.Texts(value, name))
            : throw new MalformedPolicyException($"Syntax errors in policy. A statement has both {plain} and Not{plain}.");

    private void ReadSid(string sid)
    {
        if (!sid.All(char.IsAsciiLetterOrDigit))
        {
            throw new MalformedPolicyException("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the "
                + "regular expression [0-9A-Za-z]*");
        }
        if (sid.Length > 0 && !_sids.Add(sid))
            throw new MalformedPolicyException("Statement IDs (SID) in a single policy must be unique.");
    }

    private static Effect ReadEffect(string text) => text switch
    {
        "Allow" => Effect.Allow,
        "Deny" => Effect.Deny,
        _ => throw new MalformedPolicyException($"Syntax errors in policy. Effect must be Allow or Deny, and '{text}' is neither."),
    };

    private Pattern ReadAction(string text)
    {
        if (text.Contains("${", StringComparison.Ordinal))
            throw new MalformedPolicyException($"Policy variables have no meaning in an action: {text}");
        if (_kind == PolicyKind.Trust && !text.StartsWith("sts:", StringComparison.OrdinalIgnoreCase))
            throw new MalformedPolicyException("AssumeRole policy may only specify STS AssumeRole actions.");
        if (text != "*" && text.Split(':') is not [{ Length: > 0 }, { Length: > 0 }])
            throw new MalformedPolicyException(PolicyJson.NoVendor);
        return Pattern.Parse(text, wildcards: true, substitute: false);
    }

    private Pattern ReadResource(string text)
    {
        if (text == "*")
            return Pattern.Parse(text, wildcards: true, substitute: false);
        var variable = _substitute ? text.IndexOf("${", StringComparison.Ordinal) : -1;
        var parts = (variable < 0 ? text : text[..variable]).Split(':');
        if (parts is not ["arn", { Length: > 0 }, { Length: > 0 } service, _, ..])
            throw new MalformedPolicyException($"Resource {text} must be in ARN format or \"*\".");
        if (service.AsSpan().ContainsAny('*', '?'))
            throw new MalformedPolicyException($"Resource {text} has a wildcard in its service.");
        if (variable >= 0 && parts.Length < 6)
            throw new MalformedPolicyException($"Resource {text} has a policy variable before the fifth colon.");
        return Pattern.Parse(text, wildcards: true, _substitute);
    }

    private static PrincipalPattern[] ReadPrincipals(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return PolicyJson.Text(element, "Principal") == "*"
                ? [new PrincipalPattern(null, "*")]
                : throw new MalformedPolicyException("Principal must be \"*\" or an object.");
        }
        var principals = new List<PrincipalPattern>();
        foreach (var (name, value) in PolicyJson.Members(element, "Principal"))
        {
            var kind = name switch
            {
                "AWS" => PrincipalKind.Aws,
                "Service" => PrincipalKind.Service,
                "Federated" => PrincipalKind.Federated,
                _ => throw new MalformedPolicyException($"Principal names an unknown kind: {name}"),
            };
            foreach (var text in PolicyJson.Texts(value, name))
            {
                var reads = kind == PrincipalKind.Aws
                    ? PrincipalPattern.IsAwsName(text)
                    : text.Length > 0 && !text.AsSpan().ContainsAny('*', '?');
                if (!reads)
                    throw new MalformedPolicyException($"Invalid principal in policy: \"{name}\":\"{text}\"");
                principals.Add(new PrincipalPattern(kind, text));
            }
        }
        return principals.Count > 0 ? [.. principals] : throw new MalformedPolicyException("Principal must not be empty.");
    }

    private static MalformedPolicyException Unknown(string name) =>
        new($"Syntax errors in policy. Unknown field {name}");
}
