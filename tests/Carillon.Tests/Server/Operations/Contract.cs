using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Server.Operations;

namespace Carillon.Tests.Server.Operations;

/// <summary>What the public service models say of an operation; <c>contract.json</c> names its origin.</summary>
internal sealed record Contract(
    string Service, string Name, string Method, string Path, Dictionary<string, string> FixedQuery, int Status, bool Bearer,
    IReadOnlyList<ContractMember> Members, JsonNode? Answer, IReadOnlyList<string> Errors)
{
    /// <summary>Every operation of the two models, served or not.</summary>
    public static IReadOnlyDictionary<string, Contract> All { get; } = Load();

    /// <summary>What the catalogue serves. An operation without a contract fails every test that asks for it.</summary>
    public static IEnumerable<string> Served => Catalog.Identity.Union(Catalog.Messaging).Select(o => o.Name);

    /// <summary>The path with its selector, as the catalogue writes it.</summary>
    public string Template => FixedQuery.Count == 0 ? Path : $"{Path}?{string.Join('&', FixedQuery.Select(p => $"{p.Key}={p.Value}"))}";

    private static Dictionary<string, Contract> Load()
    {
        using var stream = typeof(Contract).Assembly.GetManifestResourceStream("contract.json")!;
        var operations = JsonNode.Parse(stream)!["operations"];
        return operations.Deserialize<List<Contract>>(JsonSerializerOptions.Web)!.ToDictionary(o => o.Name);
    }
}

/// <param name="Location">uri, querystring or header; null in the body.</param>
internal sealed record ContractMember(
    string? Name, string? Location, string? LocationName, bool Required, string Type, int? Min, int? Max, string? Pattern,
    string[]? Enum, ContractMember? Element, ContractMember? Key, ContractMember? Value, IReadOnlyList<ContractMember>? Members)
{
    public const string Arn =
        @"arn:[a-z0-9-\.]{1,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:[a-z0-9-\.]{0,63}:[^/].{0,1023}";

    private const string LambdaStart = "arn:aws:lambda:us-east-1:123456789012:function:";
    private const string LexStart = "arn:aws:lex:us-";
    private const string LexEnd = "-1:123456789012:bot-alias/ABCDEFGHIJ/0123456789";

    public bool IsArn => Pattern == Arn;

    private bool IsLambdaArn => Pattern?.StartsWith("arn:aws:lambda:", StringComparison.Ordinal) == true;

    private bool IsLexArn => Pattern?.StartsWith("arn:aws:lex:", StringComparison.Ordinal) == true;

    public string WireName => LocationName ?? Name!;

    /// <summary>The longest and shortest texts that the pattern lets through; the model's own bounds are wider for ARNs.</summary>
    public int Longest => IsArn ? 4 + (4 * 64) + 1024 : Max ?? 0;

    public int Shortest => IsArn ? "arn:a::::x".Length
        : IsLambdaArn ? LambdaStart.Length + 1
        : IsLexArn ? LexStart.Length + 1 + LexEnd.Length
        : Min ?? 0;

    /// <summary>A text of that length which the pattern lets through, where one can be.</summary>
    public string TextOf(int length)
    {
        if (IsLambdaArn)
        {
            return LambdaStart + new string('f', Math.Max(1, length - LambdaStart.Length));
        }

        if (IsLexArn)
        {
            return LexStart + new string('e', Math.Max(1, length - LexStart.Length - LexEnd.Length)) + LexEnd;
        }

        if (!IsArn)
        {
            return new string('a', length);
        }

        var text = new StringBuilder("arn:a");
        text.Append('a', Math.Clamp(length - 10, 0, 62));
        for (var part = 0; part < 3; part++)
        {
            text.Append(':').Append('a', Math.Clamp(length - text.Length - 3 + part - 1, 0, 63));
        }

        text.Append(':');
        return text.Append('a', Math.Max(1, length - text.Length)).ToString();
    }

    /// <summary>A value that the model accepts.</summary>
    public JsonNode Sample() => Type switch
    {
        "string" when Enum is not null => Enum[0],
        "string" => TextOf(Math.Max(Shortest, Math.Min(4, Max ?? 4))),
        "integer" => Min ?? 1,
        "boolean" => true,
        "timestamp" => "2024-01-02T03:04:05Z",
        "list" => new JsonArray(Element!.Sample()),
        "map" => new JsonObject { ["key"] = Value!.Sample() },
        "structure" => new JsonObject(Members!.Select(m => KeyValuePair.Create(m.WireName, (JsonNode?)m.Sample()))),
        _ => throw new NotSupportedException(Type),
    };
}
