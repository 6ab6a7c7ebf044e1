using System.Globalization;
using Carillon.Events.Core.Tickets;

namespace Carillon.Events.Letters;

/// <summary>How letters leave: by a mail server, or into a folder while nobody is to get any.</summary>
/// <param name="From">Who they are from.</param>
/// <param name="Links">Where people reach the app. Never what a request says of itself: a link in a letter would follow it anywhere.</param>
public sealed record MailOptions(EmailAddress From, Func<Uri> Links)
{
    /// <summary>The server; null for <see cref="Folder"/>.</summary>
    public string? Host { get; init; }

    public int Port { get; init; } = UsualPort;

    /// <summary>Null where the server wants none.</summary>
    public string? User { get; init; }

    /// <summary>Asked for each letter, so that a password that is changed needs no restart.</summary>
    public Func<string>? Password { get; init; }

    /// <summary>No letter goes to a server that does not begin TLS (STARTTLS) with a certificate that this machine trusts.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>Where letters are laid as files (<c>.eml</c>); null for a server.</summary>
    public string? Folder { get; init; }

    /// <summary>For all of a letter's way to the server.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where mail is handed in (RFC 6409).</summary>
    public const int UsualPort = 587;

    /// <summary>Reads the settings; null where neither a server nor a folder is set.</summary>
    /// <param name="setting">A setting's value by its name, such as <c>MailHost</c>; null or empty where it is not set.</param>
    /// <param name="links">Where people reach the app, as long as <c>MailLinks</c> does not say; null where nobody can know.</param>
    /// <exception cref="FormatException">A setting is missing or wrong; the message says which.</exception>
    public static MailOptions? Read(Func<string, string?> setting, Func<Uri>? links)
    {
        string? Of(string name) => setting(name) is { Length: > 0 } value ? value : null;

        var (host, folder) = (Of("MailHost"), Of("MailFolder"));
        if (host is null && folder is null)
        {
            foreach (var name in Names)
                if (Of(name) is not null) throw new FormatException($"{name} is set, and neither MailHost nor MailFolder is.");
            return null;
        }

        if (host is not null && folder is not null) throw new FormatException("MailHost and MailFolder do not go together.");
        if (host is not null && Uri.CheckHostName(host) == UriHostNameType.Unknown) throw new FormatException("MailHost must be a host's name or address.");
        if ((Of("MailUser") is null) != (Of("MailPasswordFile") is null)) throw new FormatException("MailUser and MailPasswordFile go together.");
        if (Of("MailLinks") is { } given)
        {
            links = Uri.TryCreate(given, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? () => url
                : throw new FormatException("MailLinks must be an http or https URL.");
        }

        return new MailOptions(
            EmailAddress.Parse(Of("MailFrom")) ?? throw new FormatException("MailFrom must be an e-mail address: letters come from it."),
            links ?? throw new FormatException("MailLinks must say where people reach the pages: links in letters lead there."))
        {
            Host = host,
            Folder = folder is null ? null : Path.GetFullPath(folder),
            Port = Of("MailPort") is not { } port ? UsualPort
                : int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 65535 ? number
                : throw new FormatException("MailPort must be 1 to 65535."),
            User = Of("MailUser"),
            Password = Of("MailPasswordFile") is { } file ? () => File.ReadAllText(file).Trim() : null,
            Tls = Of("MailTls") switch
            {
                null or "required" => true,
                "off" => false,
                _ => throw new FormatException("MailTls must be required or off."),
            },
        };
    }

    public static IReadOnlyList<string> Names { get; } =
        ["MailHost", "MailPort", "MailUser", "MailPasswordFile", "MailFrom", "MailTls", "MailFolder", "MailLinks"];
}
