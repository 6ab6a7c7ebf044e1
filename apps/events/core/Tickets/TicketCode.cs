using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Carillon.Events.Core.Tickets;

/// <summary>
/// A ticket's code: 12 random symbols of Crockford's base 32 (60 bits) and a check symbol, shown as
/// <c>XXXX-XXXX-XXXXX</c>. Its canonical form has no dashes.
/// </summary>
/// <remarks>
/// The check symbol is one of the same 32, so that everything in a code is easily typed (Crockford's own needs five more). In
/// GF(32) each symbol has a weight of its own, which finds every single wrong symbol and any two that changed places.
/// </remarks>
public static class TicketCode
{
    public const int Length = 13;

    private const int random = 12;
    private const string symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>A new code, canonical.</summary>
    public static string New()
    {
        Span<int> values = stackalloc int[random];
        for (var i = 0; i < random; i++) values[i] = RandomNumberGenerator.GetInt32(32);
        return Of(values);
    }

    /// <summary>The canonical code of what somebody typed; null when it can be none.</summary>
    /// <remarks>
    /// Case, spaces and dashes of any kind count for nothing. Letters that Crockford leaves out are read as what they are
    /// taken for: O as 0, I and L as 1, U as V.
    /// </remarks>
    public static string? Parse(string? typed)
    {
        // Longer than any code with a dash or space between all symbols, and yet cheap to look through.
        if (typed is null || typed.Length > 100) return null;
        Span<int> values = stackalloc int[Length];
        var count = 0;
        foreach (var rune in typed.EnumerateRunes())
        {
            if (IsGap(rune)) continue;
            var value = ValueOf(rune);
            if (value < 0 || count == Length) return null;
            values[count++] = value;
        }

        if (count != Length || Check(values[..random]) != values[random]) return null;
        return Of(values[..random]);
    }

    /// <summary>The canonical code as it is shown.</summary>
    public static string Format(string code) => $"{code[..4]}-{code[4..8]}-{code[8..]}";

    private static string Of(ReadOnlySpan<int> values)
    {
        Span<char> code = stackalloc char[Length];
        for (var i = 0; i < random; i++) code[i] = symbols[values[i]];
        code[random] = symbols[Check(values)];
        return new string(code);
    }

    /// <summary>Sum of value times x^(position + 1) in GF(32): x has the order 31, so the weights all differ and none is 0.</summary>
    private static int Check(ReadOnlySpan<int> values)
    {
        var sum = 0;
        foreach (var value in values) sum = TimesX(sum ^ value);
        return sum;
    }

    // Modulo x^5 + x^2 + 1, which is primitive.
    private static int TimesX(int value) => (value << 1) ^ ((value & 0x10) == 0 ? 0 : 0x25);

    private static bool IsGap(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value == '_'
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DashPunctuation
            or UnicodeCategory.Format || rune.Value == '\u2212';

    private static int ValueOf(Rune rune)
    {
        // Full-width letters and digits come from some keyboards.
        var value = rune.Value is >= 0xFF01 and <= 0xFF5E ? rune.Value - 0xFEE0 : rune.Value;
        if (value > 'z') return -1;
        var symbol = char.ToUpperInvariant((char)value) switch { 'O' => '0', 'I' or 'L' => '1', 'U' => 'V', var other => other };
        return symbols.IndexOf(symbol, StringComparison.Ordinal);
    }
}
