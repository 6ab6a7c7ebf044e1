using System.Text;
using System.Text.RegularExpressions;

namespace Carillon.Tests.Server.Contracts;

/// <summary>The service models' patterns as .NET's, which differ: there the dot leaves out both line ends, and a needless backslash is no fault.</summary>
internal static class ModelExpression
{
    private static readonly Dictionary<string, Regex> _done = new(StringComparer.Ordinal);

    public static Regex Of(string pattern)
    {
        lock (_done)
        {
            return _done.TryGetValue(pattern, out var done)
                ? done
                : _done[pattern] = new($@"\A(?:{Translate(pattern)})\z", RegexOptions.CultureInvariant);
        }
    }

    private static string Translate(string pattern)
    {
        // Its last range is written for code points; halves of pairs stand for them here.
        if (pattern.StartsWith(@"[\u0009", StringComparison.Ordinal))
        {
            return @"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uFFFD]*";
        }

        var text = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var character = pattern[i];
            switch (character)
            {
                case '\\':
                    var escaped = pattern[++i];
                    text.Append(escaped == 'd' ? "[0-9]" : escaped is '_' or '@' or ':' ? $"{escaped}" : $@"\{escaped}");
                    break;
                case '.' when !inClass:
                    text.Append(@"[^\r\n]");
                    break;
                default:
                    inClass = character == '[' || (inClass && character != ']');
                    text.Append(character);
                    break;
            }
        }

        return text.ToString();
    }
}
