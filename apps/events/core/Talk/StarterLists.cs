using Carillon.Events.Core.Shows;

namespace Carillon.Events.Core.Talk;

/// <param name="Id">What an organiser's page calls it.</param>
public sealed record StarterList(string Id, IReadOnlyList<WordRule> Words);

/// <summary>
/// A few lists to begin with, which an organiser adds to the common words and then changes at will. They are about what
/// harms whoever reads it in any language; who may be called what is for the house to say.
/// </summary>
public static class StarterLists
{
    public static IReadOnlyList<StarterList> All { get; } =
    [
        // Pages make no links; whoever posts one wants it typed off.
        new("links",
        [
            Pattern(@"\bh(?:tt|xx)ps?\s?(?:://|\[:\]//)", "hold"),
            Pattern(@"\bwww\.\S", "hold"),
            Pattern(@"\b(?:t\.me|wa\.me|bit\.ly|tinyurl\.com|discord\.gg|cutt\.ly|is\.gd)/\S", "hold"),
            Pattern(@"\b[\p{L}\d-]{2,}(?:\.|\s?(?:\(dot\)|\[dot\]|\[\.\]|\bdot\b)\s?)(?:com|net|org|info|biz|xyz|top|shop|live|online|site|click|link|club|ru|cn|tk)\b", "hold"),
        ]),
        new("tricks",
        [
            Part("free tickets"), Part("cheap tickets"), Part("cheap followers"), Part("selling my ticket"), Part("claim your prize"),
            Part("you have won"), Part("gift card"), Part("crypto giveaway"), Part("double your money"), Part("verify your account"),
            Part("account suspended"), Part("send me your code"), Part("share your code"), Part("support team here"),
            Part("dm me for"), Part("write me on whatsapp"), Part("message me on telegram"), Part("full concert free"),
        ]),
        new("contact",
        [
            Pattern(@"[\p{L}\d._%+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63}){1,4}", "mask"),
            Pattern(@"(?:\+|\b00?)[1-9](?:[\s()./-]{0,2}\d){7,14}\b", "mask"),
            Pattern(@"(?:\b|\()\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}\b", "mask"),
            Pattern(@"\b[a-z]{2}\d{2}(?:\s?[a-z\d]{4}){3,7}(?:\s?[a-z\d]{1,3})?\b", "mask"),
            Pattern(@"\b\d{4}(?:[\s-]?\d{4}){2}[\s-]?\d{1,7}\b", "mask"),
        ]),
        // As the door writes them: whoever posts theirs gives their place away.
        new("codes", [Pattern(@"\b[\da-z]{4}[\s-][\da-z]{4}[\s-][\da-z]{5}\b", "mask")]),
        new("shouting",
        [
            Pattern(@"(?-i:\p{Lu}(?:[\s\p{P}\d]{0,3}\p{Lu}){24,})", "hold"),
            Pattern(@"[!?]{10,}", "hold"),
            // Piled up they cover the lines of others.
            Pattern(@"\p{M}{6,}", "refuse"),
        ]),
    ];

    private static WordRule Part(string text) => new(text, "part", "hold");

    private static WordRule Pattern(string text, string action) => new(text, "regex", action);
}
