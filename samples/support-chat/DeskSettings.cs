using System.Text;

namespace Carillon.Samples.SupportChat;

/// <summary>What a desk runs with; README.md names the variables.</summary>
internal sealed record DeskSettings
{
    /// <summary>Signs tokens and webhooks; 32 bytes or more.</summary>
    public required byte[] Secret { get; init; }

    /// <summary>The file of the conversations.</summary>
    public string Database { get; init; } = "support.db";

    /// <summary>Where it is told that somebody waits; null for nowhere.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>Whom a push service asks about our pushes: a mailto: or https: address (RFC 8292, section 2.1).</summary>
    public string Contact { get; init; } = "mailto:support@example.org";

    /// <summary>Hosts, or ends of hosts that begin with a dot, that a browser may name as its push service.</summary>
    public IReadOnlyList<string> PushHosts { get; init; } =
        ["fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", ".notify.windows.com"];

    /// <summary>Between attempts to tell what could not be told.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="FormatException">A variable cannot be used; the message says why.</exception>
    public static DeskSettings Of(Func<string, string?> variable)
    {
        var secret = Encoding.UTF8.GetBytes(variable("SUPPORT_SECRET") ?? "");
        if (secret.Length < 32)
        {
            throw new FormatException("SUPPORT_SECRET must be set to 32 characters or more, such as: openssl rand -hex 32");
        }

        var webhook = default(Uri);
        if (variable("SUPPORT_WEBHOOK") is { Length: > 0 } url
            && !(Uri.TryCreate(url, UriKind.Absolute, out webhook) && webhook.Scheme is "http" or "https"))
        {
            throw new FormatException("SUPPORT_WEBHOOK must be an http or https address.");
        }

        var settings = new DeskSettings { Secret = secret, Webhook = webhook };
        return settings with
        {
            Database = variable("SUPPORT_DATABASE") ?? settings.Database,
            Contact = variable("SUPPORT_CONTACT") ?? settings.Contact,
            PushHosts = variable("SUPPORT_PUSH_HOSTS")?.Split(',', StringSplitOptions.TrimEntries) ?? settings.PushHosts,
        };
    }
}
