using System.Text.Json;

namespace Carillon.Core.Access;

/// <summary>Reads a <c>Condition</c> element. An operator that is not in its table is refused, never skipped.</summary>
internal static class ConditionReader
{
    private delegate Comparand Reader(string text, bool substitute);

    // Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
    private static readonly Dictionary<string, (bool Negated, Reader Read)> Operators = new(StringComparer.Ordinal)
    {
        ["StringEquals"] = (false, Text(wildcards: false)),
        ["StringNotEquals"] = (true, Text(wildcards: false)),
        ["StringEqualsIgnoreCase"] = (false, Text(wildcards: false, ignoreCase: true)),
        ["StringNotEqualsIgnoreCase"] = (true, Text(wildcards: false, ignoreCase: true)),
        ["StringLike"] = (false, Text(wildcards: true)),
        ["StringNotLike"] = (true, Text(wildcards: true)),
        ["NumericEquals"] = (false, Number(Order.Equal)),
        ["NumericNotEquals"] = (true, Number(Order.Equal)),
        ["NumericLessThan"] = (false, Number(Order.Less)),
        ["NumericLessThanEquals"] = (false, Number(Order.LessOrEqual)),
        ["NumericGreaterThan"] = (false, Number(Order.Greater)),
        ["NumericGreaterThanEquals"] = (false, Number(Order.GreaterOrEqual)),
        ["DateEquals"] = (false, Date(Order.Equal)),
        ["DateNotEquals"] = (true, Date(Order.Equal)),
        ["DateLessThan"] = (false, Date(Order.Less)),
        ["DateLessThanEquals"] = (false, Date(Order.LessOrEqual)),
        ["DateGreaterThan"] = (false, Date(Order.Greater)),
        ["DateGreaterThanEquals"] = (false, Date(Order.GreaterOrEqual)),
        ["Bool"] = (false, (text, _) => new BoolComparand(Truth(text))),
        ["Null"] = (false, (text, _) => new Presence(Truth(text))),
        ["BinaryEquals"] = (false, (text, _) => new BinaryComparand(Binary(text))),
        ["IpAddress"] = (false, Network),
        ["NotIpAddress"] = (true, Network),
        ["ArnEquals"] = (false, Arn),
        ["ArnLike"] = (false, Arn),
        ["ArnNotEquals"] = (true, Arn),
        ["ArnNotLike"] = (true, Arn),
    };

    /// <param name="element">The value of <c>Condition</c>.</param>
    /// <param name="substitute">Whether the version of the policy has variables.</param>
    public static Condition[] Read(JsonElement element, bool substitute)
    {
        var conditions = new List<Condition>();
        foreach (var (name, keys) in PolicyJson.Members(element, "Condition"))
        {
            var (set, plain, ifExists) = Split(name);
            if (!Operators.TryGetValue(plain, out var known) || (plain == "Null" && plain != name))
                throw new MalformedPolicyException($"Unknown condition operator: {name}");
            foreach (var (key, values) in PolicyJson.Members(keys, name, StringComparer.OrdinalIgnoreCase))
            {
                if (key.IndexOf(':', StringComparison.Ordinal) <= 0)
                    throw new MalformedPolicyException(PolicyJson.NoVendor);
                var wanted = PolicyJson.Texts(values, key, scalars: true).Select(v => known.Read(v, substitute));
                conditions.Add(new Condition(key, set, ifExists, known.Negated, [.. wanted]));
            }
        }
        return [.. conditions];
    }

    private static (SetOperator Set, string Plain, bool IfExists) Split(string name)
    {
        const string all = "ForAllValues:", any = "ForAnyValue:", exists = "IfExists";
        var set = SetOperator.None;
        if (name.StartsWith(all, StringComparison.Ordinal))
            (set, name) = (SetOperator.ForAllValues, name[all.Length..]);
        else if (name.StartsWith(any, StringComparison.Ordinal))
            (set, name) = (SetOperator.ForAnyValue, name[any.Length..]);
        return name.EndsWith(exists, StringComparison.Ordinal)
            ? (set, name[..^exists.Length], true)
            : (set, name, false);
    }

    private static Reader Text(bool wildcards, bool ignoreCase = false) =>
        (text, substitute) => new TextComparand(Pattern.Parse(text, wildcards, substitute), ignoreCase);

    private static Reader Number(Order order) => (text, _) => Spelling.Number(text, out var number)
        ? new OrderComparand<decimal>(number, order, Spelling.Number)
        : throw new MalformedPolicyException($"A condition compares with a number, and '{text}' is none.");

    private static Reader Date(Order order) => (text, _) => Spelling.Date(text, out var date)
        ? new OrderComparand<DateTimeOffset>(date, order, Spelling.Date)
        : throw new MalformedPolicyException($"A condition compares with a date, and '{text}' is none.");

    private static bool Truth(string text) => bool.TryParse(text, out var truth)
        ? truth
        : throw new MalformedPolicyException($"A condition compares with true or false, and '{text}' is neither.");

    private static byte[] Binary(string text) => Spelling.Binary(text, out var bytes)
        ? bytes
        : throw new MalformedPolicyException($"A condition compares with bytes in base64, and '{text}' is none.");

    private static NetworkComparand Network(string text, bool substitute) =>
        Spelling.Network(text, out var network, out var prefix)
            ? new NetworkComparand(network, prefix)
            : throw new MalformedPolicyException($"A condition compares with an IP address or range, and '{text}' is none.");

    /// <remarks>A value without variables that could match no ARN is a slip, and a slip in a Deny is a hole.</remarks>
    private static ArnComparand Arn(string text, bool substitute)
    {
        var hasVariable = substitute && text.Contains("${", StringComparison.Ordinal);
        return text == "*" || hasVariable || text.Count(c => c == ':') >= 5
            ? new ArnComparand(Pattern.Parse(text, wildcards: true, substitute))
            : throw new MalformedPolicyException($"A condition compares with an ARN, and '{text}' is none.");
    }
}
