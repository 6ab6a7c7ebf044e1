using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Carillon.Tests.Core.Access;

/// <summary>
/// A second reading of IAM's rules, as plain and as slow as can be: no compiling, regular expressions for globs, every
/// rule a sentence of the documentation. It shares nothing with the product, so that both must be wrong alike to agree.
/// </summary>
internal sealed class NaivePolicies(
    List<JsonObject> identity, List<JsonObject> session, string action, List<string> arns, Dictionary<string, string[]> keys)
{
    public bool Allowed() =>
        arns.All(arn => !All(identity, "Deny", arn) && !All(session, "Deny", arn) && All(identity, "Allow", arn)
            && (session.Count == 0 || All(session, "Allow", arn)));

    private bool All(List<JsonObject> documents, string effect, string arn) => documents.Any(document =>
        (document["Statement"] is JsonArray many ? many : new JsonArray(document["Statement"]!.DeepClone()))
        .Any(s => (string)s!["Effect"]! == effect && Applies(s.AsObject(), effect, arn, (string?)document["Version"] == "2012-10-17")));

    private bool Applies(JsonObject statement, string effect, string arn, bool variables)
    {
        var acts = statement.ContainsKey("Action")
            ? List(statement["Action"]).Any(IsAction)
            : !List(statement["NotAction"]).Any(IsAction);
        bool touches;
        if (statement.ContainsKey("Resource"))
            touches = List(statement["Resource"]).Any(r => IsResource(r) == true);
        else if (effect == "Allow" && List(statement["NotResource"]).Any(r => IsResource(r) is null))
            touches = false;
        else
            touches = !List(statement["NotResource"]).Any(r => IsResource(r) == true);
        return acts && touches && (statement["Condition"]?.AsObject() ?? []).All(op =>
            op.Value!.AsObject().All(key => Condition(op.Key, key.Key, List(key.Value), effect, variables)));

        bool IsAction(string pattern) =>
            Regex.IsMatch(action, Rx(pattern, wildcards: true, variables: false)!, RegexOptions.IgnoreCase);

        bool? IsResource(string pattern)
        {
            if (pattern == "*")
                return true;
            if (Rx(pattern, true, variables) is not { } rx)
                return null;
            var head = string.Join(':', pattern.Split(':')[..3]);
            return Regex.IsMatch(arn, rx) && arn.Split(':').Length > 3
                && Regex.IsMatch(string.Join(':', arn.Split(':')[..3]), Rx(head, true, false)!.Replace(".*", "[^:]*"));
        }
    }

    private bool Condition(string op, string key, List<string> wanted, string effect, bool variables)
    {
        var actual = keys.FirstOrDefault(k => k.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value ?? [];
        if (op == "Null")
            return wanted.Any(w => w == "true" == (actual.Length == 0));
        var set = op.Contains(':') ? op.Split(':')[0] : "";
        var name = op[(op.IndexOf(':') + 1)..];
        var ifExists = name.EndsWith("IfExists", StringComparison.Ordinal);
        name = name.Replace("IfExists", "");
        var negated = name.Contains("Not");
        name = name.Replace("Not", "");
        if (set == "ForAllValues")
            return actual.All(One);
        if (set == "ForAnyValue")
            return actual.Any(One);
        if (actual.Length == 0)
            return negated || ifExists;
        return effect == "Allow" ? actual.All(One) : actual.Any(One);

        bool One(string value) => negated ? !wanted.Any(w => Is(value, w)) : wanted.Any(w => Is(value, w));

        bool Is(string value, string want)
        {
            if (name.StartsWith("String", StringComparison.Ordinal))
            {
                var options = name.EndsWith("IgnoreCase", StringComparison.Ordinal) ? RegexOptions.IgnoreCase : RegexOptions.None;
                return Rx(want, name == "StringLike", variables) is { } rx && Regex.IsMatch(value, rx, options);
            }
            if (name.StartsWith("Numeric", StringComparison.Ordinal))
            {
                if (!decimal.TryParse(value, CultureInfo.InvariantCulture, out var a))
                    return false;
                var b = decimal.Parse(want, CultureInfo.InvariantCulture);
                return name switch
                {
                    "NumericEquals" => a == b,
                    "NumericLessThan" => a < b,
                    "NumericLessThanEquals" => a <= b,
                    "NumericGreaterThan" => a > b,
                    _ => a >= b,
                };
            }
            if (name.StartsWith("Date", StringComparison.Ordinal))
            {
                if (Seconds(value) is not { } a)
                    return false;
                var b = Seconds(want)!.Value;
                return name switch
                {
                    "DateEquals" => a == b,
                    "DateLessThan" => a < b,
                    "DateLessThanEquals" => a <= b,
                    "DateGreaterThan" => a > b,
                    _ => a >= b,
                };
            }
            if (name == "IpAddress")
            {
                if (Bits(value) is not { } bits)
                    return false;
                var parts = want.Split('/');
                var all = Bits(parts[0])!;
                return bits.Length == all.Length
                    && bits.StartsWith(parts.Length == 1 ? all : all[..int.Parse(parts[1], CultureInfo.InvariantCulture)], StringComparison.Ordinal);
            }
            if (name == "BinaryEquals")
                return value == want && (value.Length == 0 || value.EndsWith('='));
            if (name.StartsWith("Arn", StringComparison.Ordinal))
                return want == "*" || IsArn(value, want);
            if (name == "Bool")
                return value == want;
            throw new InvalidOperationException(name);
        }

        // Six components, each against its own; the last may hold colons.
        bool IsArn(string value, string want)
        {
            if (variables)
            {
                var missing = false;
                want = Regex.Replace(want, @"\$\{([^},]*)(, '([^']*)')?\}", m =>
                {
                    var found = keys.FirstOrDefault(k => k.Key.Equals(m.Groups[1].Value, StringComparison.OrdinalIgnoreCase)).Value;
                    missing |= found is not [_] && !m.Groups[2].Success;
                    var text = found is [var only] ? only : m.Groups[3].Value;
                    return text.Replace('*', '\u0001').Replace('?', '\u0002');
                });
                if (missing)
                    return false;
            }
            string[] wanted = want.Split(':', 6), actual = value.Split(':', 6);
            return wanted.Length == 6 && actual.Length == 6 && wanted.Zip(actual).All(pair => Regex.IsMatch(
                pair.Second,
                @"\A" + Regex.Escape(pair.First).Replace(@"\*", ".*").Replace(@"\?", ".").Replace("\u0001", @"\*").Replace("\u0002", @"\?") + @"\z"));
        }
    }

    private static decimal? Seconds(string text) =>
        text.Length != 4 && decimal.TryParse(text, CultureInfo.InvariantCulture, out var epoch) ? epoch
        : text.Length == 4 && int.TryParse(text, CultureInfo.InvariantCulture, out var year) ? new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds()
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeSeconds() : null;

    private static string? Bits(string address)
    {
        if (!System.Net.IPAddress.TryParse(address, out var parsed))
            return null;
        var plain = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return string.Concat(plain.GetAddressBytes().Select(b => Convert.ToString(b, 2).PadLeft(8, '0')));
    }

    /// <summary>The pattern as a regular expression, or null if a variable in it has no value.</summary>
    private string? Rx(string pattern, bool wildcards, bool variables)
    {
        var missing = false;
        var parts = Regex.Split(pattern, variables ? @"(\$\{[^}]*\})" : "(?!)").Select(part =>
        {
            if (!variables || !part.StartsWith("${", StringComparison.Ordinal))
                return wildcards ? Regex.Escape(part).Replace(@"\*", ".*").Replace(@"\?", ".") : Regex.Escape(part);
            var inside = part[2..^1];
            if (inside is "*" or "?" or "$")
                return Regex.Escape(inside);
            var found = keys.FirstOrDefault(k => k.Key.Equals(inside.Split(',')[0], StringComparison.OrdinalIgnoreCase)).Value;
            if (found is [var only])
                return Regex.Escape(only);
            if (inside.Contains(','))
                return Regex.Escape(inside.Split('\'')[1]);
            missing = true;
            return "";
        }).ToList();
        return missing ? null : @"\A" + string.Concat(parts) + @"\z";
    }

    private static List<string> List(JsonNode? node) =>
        node is JsonArray array ? [.. array.Select(Text)] : [Text(node)];

    private static string Text(JsonNode? node) =>
        node!.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)node! : node.ToJsonString();
}
