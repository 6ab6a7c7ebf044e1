using System.Text;

namespace Carillon.Events.Core.Shows;

/// <summary>What a fan's address carries of a title.</summary>
public static class Slugs
{
    private const int most = 48;

    // Paths that the pages have for themselves.
    private static readonly HashSet<string> taken = ["api", "assets", "desk", "organise", "sign-in", "sample", "flow"];

    /// <summary>Letters and digits of ASCII with dashes; <c>show</c> where the title has none.</summary>
    public static string Of(string title)
    {
        var slug = new StringBuilder();
        foreach (var c in Folding.Search(title))
        {
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-' && c is not '\'') slug.Append('-');
            if (slug.Length == most) break;
        }

        var made = slug.ToString().Trim('-');
        return made.Length == 0 ? "show" : made;
    }

    /// <summary>The title's, with a number or letters after it where it is taken.</summary>
    public static string Free(IShowView view, string title)
    {
        var slug = Of(title);
        if (!taken.Contains(slug) && !view.SlugTaken(slug)) return slug;
        for (var n = 2; n < 10; n++)
            if (!view.SlugTaken($"{slug}-{n}")) return $"{slug}-{n}";
        return $"{slug}-{Ids.New()}";
    }
}
