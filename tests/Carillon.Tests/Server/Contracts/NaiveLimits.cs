using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Carillon.Tests.Server.Operations;

namespace Carillon.Tests.Server.Contracts;

/// <summary>What the contract says of a request, worked out slowly: a document, regular expressions, no state.</summary>
internal static class NaiveLimits
{
    private sealed class Malformed : Exception;

    /// <summary>"malformed", or how many limits it breaks; null where it is no request of the operation or its query cannot be read.</summary>
    public static string? Judge(Contract contract, OddRequest request)
    {
        if (request.Labels.Values.Any(l => l.Length == 0 || l.Contains('/', StringComparison.Ordinal)))
        {
            return null;
        }

        try
        {
            var broken = 0;
            foreach (var member in contract.Members.Where(m => m.Location is not null))
            {
                var text = member.Location switch
                {
                    "uri" => Decode(request.Labels[member.Name!], plusIsSpace: false),
                    "querystring" => request.Query.Where(p => p.Name == member.WireName).Select(p => Decode(p.Value, plusIsSpace: true)).FirstOrDefault(),
                    _ => request.Bearer,
                };
                broken += text is null || (text.Length == 0 && member.Location != "uri")
                    ? IsRequired(contract, member) ? 1 : 0
                    : OfText(member, text);
            }

            var body = contract.Members.Where(m => m.Location is null).ToList();
            if (body.Count > 0)
            {
                broken += request.Body.Length == 0 ? body.Count(m => IsRequired(contract, m)) : OfBody(contract, body, request.Body);
            }

            return broken.ToString(CultureInfo.InvariantCulture);
        }
        catch (Malformed)
        {
            return "malformed";
        }
    }

    private static int OfBody(Contract contract, List<ContractMember> members, byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            return OfMembers(members, document.RootElement, m => IsRequired(contract, m));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new Malformed();
        }
    }

    private static bool IsRequired(Contract contract, ContractMember member) =>
        member.Required && (contract.Name, member.Name) != ("CreateChannelMembership", "Type");

    private static int OfMembers(IReadOnlyList<ContractMember> members, JsonElement json, Func<ContractMember, bool> isRequired)
    {
        Need(json.ValueKind == JsonValueKind.Object);
        var given = json.EnumerateObject().ToList();
        var names = given.ConvertAll(p => p.Name);
        return members.Sum(member =>
        {
            Need(names.Count(n => n == member.WireName) < 2);
            var value = given.Find(p => p.Name == member.WireName).Value;
            return value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? isRequired(member) ? 1 : 0 : Of(member, value);
        });
    }

    private static int Of(ContractMember member, JsonElement json)
    {
        switch (member.Type)
        {
            case "string":
                Need(json.ValueKind == JsonValueKind.String);
                return OfText(member, json.GetString()!);
            case "integer":
                Need(json.ValueKind == JsonValueKind.Number);
                return OfText(member, json.GetRawText());
            case "boolean":
                Need(json.ValueKind is JsonValueKind.True or JsonValueKind.False);
                return 0;
            case "list":
                Need(json.ValueKind == JsonValueKind.Array);
                var elements = json.EnumerateArray().ToList();
                var nulls = elements.Count(e => e.ValueKind == JsonValueKind.Null);
                var each = elements.Where(e => e.ValueKind != JsonValueKind.Null).Sum(e => Of(member.Element!, e));
                return nulls + (member.Element!.Type == "string" ? Math.Min(each, 1) : each) + Bound(member, elements.Count);
            case "map":
                Need(json.ValueKind == JsonValueKind.Object);
                var pairs = json.EnumerateObject().Select(p => (p.Name, p.Value)).ToList();
                Need(pairs.DistinctBy(p => p.Name).Count() == pairs.Count);
                return Math.Min(pairs.Sum(p => OfText(member.Key!, p.Name)), 1)
                    + pairs.Sum(p => p.Value.ValueKind == JsonValueKind.Null ? 1 : Of(member.Value!, p.Value));
            case "structure":
                return OfMembers(member.Members!, json, m => m.Required);
            default:
                throw new NotSupportedException(member.Type);
        }
    }

    private static int OfText(ContractMember member, string text)
    {
        switch (member.Type)
        {
            case "integer":
                Need(BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                    && number >= int.MinValue && number <= int.MaxValue);
                return number < (member.Min ?? int.MinValue) || number > (member.Max ?? int.MaxValue) ? 1 : 0;
            case "timestamp":
                Need(text.EndsWith('Z') && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _));
                return 0;
        }

        if (member.Enum is not null)
        {
            return member.Enum.Contains(text, StringComparer.Ordinal) ? 0 : 1;
        }

        var anyText = member.Pattern is null || member.Name == "Metadata";
        return Bound(member, text.EnumerateRunes().Count()) + (anyText || ModelExpression.Of(member.Pattern!).IsMatch(text) ? 0 : 1);
    }

    private static int Bound(ContractMember member, int count) =>
        count < (member.Min ?? 0) || count > (member.Max ?? int.MaxValue) ? 1 : 0;

    private static string Decode(string raw, bool plusIsSpace)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] == '%')
            {
                Need(i + 2 < raw.Length && char.IsAsciiHexDigit(raw[i + 1]) && char.IsAsciiHexDigit(raw[i + 2]));
                bytes.Add(Convert.ToByte(raw.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
            {
                bytes.Add(raw[i] == '+' && plusIsSpace ? (byte)' ' : (byte)raw[i]);
            }
        }

        try
        {
            return new UTF8Encoding(false, true).GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            throw new Malformed();
        }
    }

    private static void Need(bool condition)
    {
        if (!condition)
        {
            throw new Malformed();
        }
    }
}
