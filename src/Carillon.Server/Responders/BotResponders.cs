using System.Text.RegularExpressions;
using Carillon.Server.Outbound;

namespace Carillon.Server.Responders;

/// <summary>Who answers for bots, by the alias that their configuration names.</summary>
internal sealed partial class BotResponders
{
    private readonly Dictionary<string, Uri> _urls = new(StringComparer.Ordinal);

    /// <param name="entries">Alias ARN, <c>=</c> and URL, separated by commas.</param>
    /// <exception cref="FormatException">An entry is none of that form; the message quotes it.</exception>
    public BotResponders(string entries)
    {
        foreach (var entry in entries.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var mark = entry.IndexOf('=', StringComparison.Ordinal);
            if (mark < 0 || !Alias().IsMatch(entry[..mark]) || Webhooks.Url(entry[(mark + 1)..]) is not { } url)
            {
                throw new FormatException($"'{entry}' is no alias ARN, = and http or https URL.");
            }

            _urls[entry[..mark]] = url;
        }
    }

    public Uri? Find(string aliasArn) => _urls.GetValueOrDefault(aliasArn);

    // LexBotAliasArn of the service model.
    [GeneratedRegex(@"\Aarn:aws:lex:[a-z]{2}-[a-z]+-\d:\d{12}:bot-alias/[A-Z0-9]{10}/[A-Z0-9]{10}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Alias();
}
