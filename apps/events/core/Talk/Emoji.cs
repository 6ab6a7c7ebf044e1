using System.Globalization;
using System.Text;

namespace Carillon.Events.Core.Talk;

/// <summary>Which texts are pictures alone.</summary>
public static class Emoji
{
    private const int variationSelector = 0xFE0F;
    private const int keycap = 0x20E3;

    /// <summary>Whether there is at least one emoji, and else nothing but space.</summary>
    public static bool IsAll(string text)
    {
        var any = false;
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            var element = elements.GetTextElement();
            if (string.IsNullOrWhiteSpace(element)) continue;
            if (!IsOne(element)) return false;
            any = true;
        }

        return any;
    }

    /// <summary>Letters and digits in circles and squares, and what is written with them, but for those that are emoji.</summary>
    private static bool IsWriting(int symbol) => symbol switch
    {
        0x24C2 or 0x3297 or 0x3299 or 0x1F170 or 0x1F171 or 0x1F17E or 0x1F17F or 0x1F18E or (>= 0x1F191 and <= 0x1F19A) => false,
        0x1F201 or 0x1F202 or 0x1F21A or 0x1F22F or (>= 0x1F232 and <= 0x1F23A) or 0x1F250 or 0x1F251 or 0x2122 => false,
        (>= 0x2100 and <= 0x214F) or (>= 0x2460 and <= 0x24FF) or (>= 0x3200 and <= 0x33FF) or (>= 0x1F100 and <= 0x1F2FF) => true,
        _ => false,
    };

    private static bool IsOne(string element)
    {
        if (!Rune.TryGetRuneAt(element, 0, out var first)) return false;
        // Two of these are a flag; one alone is a letter.
        if (first.Value is >= 0x1F1E6 and <= 0x1F1FF) return element.EnumerateRunes().Count() == 2;
        return Rune.GetUnicodeCategory(first) switch
        {
            UnicodeCategory.OtherSymbol => !IsWriting(first.Value),
            // Skin tones stand alone where a font has no person for them.
            UnicodeCategory.ModifierSymbol => first.Value is >= 0x1F3FB and <= 0x1F3FF,
            // Arrows, marks and digits are pictures only where they are asked to be.
            _ => element.EnumerateRunes().Any(r => r.Value is variationSelector or keycap)
                && first.Value is < 0x80 and not (>= 0x41 and <= 0x7A) or 0x203C or 0x2049 or 0x3030 or (>= 0x2190 and <= 0x21FF)
                    or 0x25FD or 0x25FE,
        };
    }
}
