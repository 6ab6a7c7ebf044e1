using System.Text;
using System.Text.Json;
using Carillon.Tests.Server.Operations;

namespace Carillon.Tests.Server.Contracts;

/// <summary>Requests of an operation with up to three things wrong, odd or just touching a bound. The seed decides all.</summary>
/// <param name="world">Null: nothing that the requests name needs to be there.</param>
internal sealed class OddRequests(int seed, Contract contract, World? world)
{
    private static readonly string _deep = new string('[', 1000) + new string(']', 1000);

    private static readonly string[] _values =
    [
        "null", "true", "5", "0", "-1", "1.5", "1e2", "1e308", "1e999", "99999999999", "-0", "[]", "{}", "[null]", "{\"\":null}",
        "\"\"", "\"x\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"a\\u0000b\"", "\" \"", "\"\\ud83d\\ude00\"",
        "\"<script>\"", "\"'; drop table channel; --\"", _deep, "{\"a\":{\"a\":{\"a\":[[[[[[]]]]]]}}}", "tru", "'x'", "NaN", "\"open",
        "01", "\"\\x\"", "\"\t\"", "\"\\ufeff\"", "[1,]", "/* */ 1",
    ];

    private static readonly string[] _arns =
    [
        "arn:aws:chime:us-east-1:999999999999:app-instance%2Fa", "arn:aws:chime:eu-central-1:123456789012:app-instance%2Fa%2Fuser%2Fb",
        "arn%253Aaws%253Achime%253Aus-east-1%253A123456789012%253Aapp-instance%252Fa", "arn:aws:chime:us-east-1:123456789012:app-instance%C0%AFa",
        "arn:aws:chime:us-east-1:123456789012:app-instance%2F..%2F..", "..", "%2e%2e", ".", "ARN:AWS:CHIME:us-east-1:123456789012:app-instance%2Fa",
        "arn:aws:chime:us-east-1:123456789012:app-instance%2F%00", "%00", "arn:aws:chime:us-east-1:123456789012:app-instance%2Fa;b",
        "arn:aws:chime:us-east-1:123456789012:app-instance%5Ca", "arn:aws:chime:us-east-1:123456789012:app-instance%2Fa%2Fchannel%2F",
        "arn:aws:chime:us-east-1:123456789012:app-instance%2F%2Fchannel%2Fc", "arn:::::", "arn:a::::%20", "%", "%zz", "%ff", "%ED%A0%80", "a",
        "arn:aws:chime:us-east-1:123456789012:app-instance%2Fa%2Fuser%2Fb%0A", "%F0%9F%98%80", "a/b", "",
    ];

    private static readonly string[] _parameters =
        ["", "0", "-1", "51", "50", "1.5", "1e3", "+5", "%2B5", "ten", "99999999999", "%00", "%20", "null", "2024-01-02T03:04:05Z", "2024-13-02T03:04:05Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"];

    private readonly Random _random = new(seed ^ contract.Name.Aggregate(17, (hash, c) => (hash * 31) + c));

    public OddRequest Next()
    {
        var good = ContractRequest.Of(contract, world);
        var body = contract.Members.Where(m => m.Location is null && good.Body.ContainsKey(m.WireName))
            .Select(m => (Member: m, Name: Quote(m.WireName), Value: good.Body[m.WireName]!.ToJsonString())).ToList();
        var outside = contract.Members.Where(m => m.Location is not null)
            .Select(m => (Member: m, Value: good.ValueOf(m) is { } value ? (string?)Uri.EscapeDataString(value) : null)).ToList();
        var bearer = good.Bearer;
        for (var left = _random.Next(8) == 0 ? 0 : _random.Next(1, 4); left > 0; left--)
        {
            switch (_random.Next(5))
            {
                case 0 when outside.Count > 0:
                    var o = _random.Next(outside.Count);
                    outside[o] = (outside[o].Member, OddText(outside[o].Member));
                    break;
                case 1 when bearer is not null:
                    bearer = One(null, "", "x", "arn:aws:s3:::b", bearer + "x", bearer.ToUpperInvariant(), bearer.Replace("user", "bot", StringComparison.Ordinal), Long(1600), Long(1601));
                    break;
                default:
                    if (body.Count > 0)
                    {
                        var b = _random.Next(body.Count);
                        switch (_random.Next(12))
                        {
                            case 0:
                                body.RemoveAt(b);
                                break;
                            case 1:
                                body.Add(body[b]);
                                break;
                            case 2:
                                body.Add((body[b].Member, One("\"Unknown\"", "\"\"", "\"\\ud800\"", "\"\\u0055\"", Quote(body[b].Member.WireName.ToLowerInvariant())), One(_values)));
                                break;
                            default:
                                body[b] = (body[b].Member, body[b].Name, Odd(body[b].Member));
                                break;
                        }
                    }

                    break;
            }
        }

        var hasBody = contract.Members.Any(m => m.Location is null);
        var bytes = hasBody ? Whole("{" + string.Join(',', body.Select(b => $"{b.Name}:{b.Value}")) + "}") : [];
        return Write(outside, bearer, bytes);
    }

    private OddRequest Write(List<(ContractMember Member, string? Value)> outside, string? bearer, byte[] body)
    {
        var target = new StringBuilder(contract.Path);
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var query = new List<(string Name, string Value)>();
        foreach (var (member, value) in outside)
        {
            if (member.Location == "uri")
            {
                labels[member.Name!] = value ?? "";
                target.Replace($"{{{member.WireName}}}", value ?? "");
            }
            else if (member.Location == "querystring" && value is not null)
            {
                query.Add((member.WireName, value));
                if (_random.Next(20) == 0)
                {
                    query.Add((member.WireName, "x"));
                }
            }
        }

        var pairs = contract.FixedQuery.Select(p => $"{p.Key}={p.Value}").Concat(query.Select(p => $"{p.Name}={p.Value}")).ToList();
        return new(
            contract.Method, target + (pairs.Count > 0 ? "?" + string.Join('&', pairs) : ""), labels, query, bearer, body,
            One("application/json", "application/json", "application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"));
    }

    /// <summary>The body as bytes, now and then not the bytes that it should be.</summary>
    private byte[] Whole(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        switch (_random.Next(60))
        {
            case 0:
                return [0xEF, 0xBB, 0xBF, .. bytes];
            case 1:
                return Encoding.Unicode.GetBytes(json);
            case 2:
                return bytes[.._random.Next(bytes.Length)];
            case 3:
                return [.. bytes, .. "x"u8];
            case 4:
                return Encoding.UTF8.GetBytes(One("null", "[]", "5", "\"x\"", "{}", "", " ", _deep, "{,}"));
            case 5 or 6:
                bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
                return bytes;
            default:
                return bytes;
        }
    }

    private string? OddText(ContractMember member) => _random.Next(4) switch
    {
        0 => One(_arns),
        1 => One(_parameters),
        2 when member.Max is { } max => Uri.EscapeDataString(member.TextOf(max + _random.Next(2))),
        2 when member.Enum is not null => One(member.Enum),
        _ when member.Location == "uri" => One(_arns),
        _ => null,
    };

    /// <summary>JSON that is wrong, odd or at a bound of the member.</summary>
    private string Odd(ContractMember member)
    {
        if (_random.Next(3) == 0)
        {
            return One(_values);
        }

        switch (member.Type)
        {
            case "string":
                return Quote(One(
                    new string('a', Math.Max(0, (member.Min ?? 1) - _random.Next(2))),
                    member.TextOf((member.Max ?? 5000) + _random.Next(2)),
                    string.Concat(Enumerable.Repeat("😀", Math.Min(member.Max ?? 100, 300) + _random.Next(2))),
                    ContractCase.Breaks(member.Pattern) ?? "é",
                    member.Enum is null ? "\u2028" : One(member.Enum),
                    member.Enum is null ? "line\rend" : One(member.Enum).ToLowerInvariant()));
            case "integer":
                return $"{One((member.Min ?? 0) - 1, member.Min ?? 0, member.Max ?? 7, (member.Max ?? 7) + 1)}";
            case "list":
                var count = One(0, 1, 1, 1, member.Min ?? 0, member.Max ?? 2, (member.Max ?? 2) + 1);
                var odd = count == 0 ? -1 : _random.Next(-1, count);
                return $"[{string.Join(',', Enumerable.Range(0, count).Select(i => i == odd ? Odd(member.Element!) : member.Element!.Sample().ToJsonString()))}]";
            case "map":
                return $"{{{One("\"k\"", "\"\"", Quote(new string('k', 64)), Quote(new string('k', 65)), "\"a\":{},\"a\"", "\"\\ud800\"")}:{(_random.Next(2) == 0 ? Odd(member.Value!) : member.Value!.Sample().ToJsonString())}}}";
            case "structure":
                var parts = member.Members!.Select(m => (m.WireName, Value: m.Sample().ToJsonString())).ToList();
                var at = _random.Next(parts.Count);
                switch (_random.Next(8))
                {
                    case 0:
                        parts.RemoveAt(at);
                        break;
                    case 1:
                        parts.Add(parts[at]);
                        break;
                    default:
                        parts[at] = (parts[at].WireName, Odd(member.Members![at]));
                        break;
                }

                return $"{{{string.Join(',', parts.Select(p => $"{Quote(p.WireName)}:{p.Value}"))}}}";
            default:
                return One(_values);
        }
    }

    private static string Long(int length) => "arn:aws:chime:us-east-1:123456789012:app-instance/".PadRight(length, 'a');

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private T One<T>(params ReadOnlySpan<T> of) => of[_random.Next(of.Length)];
}
