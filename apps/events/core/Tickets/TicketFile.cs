using System.Text;

namespace Carillon.Events.Core.Tickets;

/// <param name="Line">Of the file, from 1, where the record begins.</param>
/// <param name="Why"><c>columns</c>, <c>reference</c>, <c>tier</c>, <c>code</c>, <c>formula</c>, <c>letters</c>, <c>long</c>, <c>twice</c> or <c>quotes</c>.</param>
public sealed record RefusedLine(int Line, string Why);

public sealed record TicketLine(int Line, NewTicket Ticket, string? Code);

/// <summary>A file of tickets, read: the lines that are sound, and why the others are not.</summary>
public sealed record TicketFile(IReadOnlyList<TicketLine> Lines, IReadOnlyList<RefusedLine> Refused)
{
    /// <summary>Records in one file. Our choice: they are one transaction.</summary>
    public const int MostLines = 20_000;

    private static readonly string[] columns = ["holder", "email", "tier", "reference", "code"];

    /// <summary>Reads comma, semicolon or tab separated values with a header of holder, email, tier, reference and, where wanted, code.</summary>
    /// <param name="usualTier">For lines that name none.</param>
    /// <exception cref="Refused">BadRequest with why: <c>header</c>, <c>lines</c> or <c>encoding</c>.</exception>
    public static TicketFile Read(ReadOnlySpan<byte> bytes, string usualTier)
    {
        var (lines, refused) = (new List<TicketLine>(), new List<RefusedLine>());
        var references = new HashSet<string>(StringComparer.Ordinal);
        int[]? places = null;
        foreach (var (line, fields) in Csv.Read(bytes))
        {
            if (fields is null)
            {
                refused.Add(new RefusedLine(line, "quotes"));
                continue;
            }

            if (fields.All(string.IsNullOrWhiteSpace)) continue;
            if (places is null)
            {
                places = [.. columns.Select(c => fields.FindIndex(f => f.Trim().Equals(c, StringComparison.OrdinalIgnoreCase)))];
                if (places[3] < 0) throw new Refused(Reason.BadRequest, "why", "header");
                continue;
            }

            if (lines.Count + refused.Count == MostLines) throw new Refused(Reason.BadRequest, "why", "lines");
            var read = ReadLine(fields, places, usualTier);
            if (read.Why is null && !references.Add(read.Ticket!.Reference!)) read = (null, null, "twice");
            if (read.Why is { } why) refused.Add(new RefusedLine(line, why));
            else lines.Add(new TicketLine(line, read.Ticket!, read.Code));
        }

        return places is null ? throw new Refused(Reason.BadRequest, "why", "header") : new TicketFile(lines, refused);
    }

    /// <summary>Why a value cannot be kept; null where it can.</summary>
    public static string? WhyNot(string value)
    {
        if (value.Length > Issuing.MostText) return "long";
        // A spreadsheet that opens our lists later would run it.
        if (value.Length > 0 && value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '＝' or '＋' or '－' or '＠') return "formula";
        return value.EnumerateRunes().Any(r => Rune.IsControl(r) || r == Rune.ReplacementChar
            || r.Value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069)) ? "letters" : null;
    }

    private static (NewTicket? Ticket, string? Code, string? Why) ReadLine(List<string> fields, int[] places, string usualTier)
    {
        var values = new string?[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            if (places[i] < 0) continue;
            if (places[i] >= fields.Count) return (null, null, "columns");
            values[i] = fields[places[i]].Trim() is { Length: > 0 } value ? value : null;
            if (values[i] is { } given && WhyNot(given) is { } why) return (null, null, why);
        }

        if (values[3] is not { } reference) return (null, null, "reference");
        var code = values[4] is null ? null : TicketCode.Parse(values[4]);
        if (values[4] is not null && code is null) return (null, null, "code");
        return (new NewTicket(values[2] ?? usualTier, values[0], values[1], reference), code, null);
    }
}
