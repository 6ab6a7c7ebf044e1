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

    private static bool IsOne(string element)
    {
        if (!Rune.TryGetRuneAt(element, 0, out var first)) return false;
        return Rune.GetUnicodeCategory(first) switch
        {
            UnicodeCategory.OtherSymbol => true,
            // Skin tones stand alone where a font has no person for them.
            UnicodeCategory.ModifierSymbol => first.Value is >= 0x1F3FB and <= 0x1F3FF,
            // Arrows, marks and digits are pictures only where they are asked to be.
            _ => element.EnumerateRunes().Any(r => r.Value is variationSelector or keycap)
                && first.Value is < 0x80 and not (>= 0x41 and <= 0x7A) or 0x203C or 0x2049 or 0x3030 or (>= 0x2190 and <= 0x21FF)
                    or 0x25FD or 0x25FE,
        };
    }
}
