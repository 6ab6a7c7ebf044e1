namespace Carillon.Core.Identity;

/// <summary>Which STANDARD messages of a channel call a bot; the names are AWS's.</summary>
public enum StandardTrigger
{
    /// <summary>Like All beside exactly one other member who is not hidden, else like Mentions.</summary>
    Auto = 0,
    All = 1,

    /// <summary>Messages whose attribute <c>CHIME.mentions</c> holds the bot's ARN.</summary>
    Mentions = 2,
    None = 3,
}

/// <param name="Targeted">Messages targeted at the bot call it too.</param>
public sealed record InvokedBy(StandardTrigger Standard, bool Targeted);

/// <summary>How a bot is configured: what was given, kept as it was.</summary>
/// <param name="RespondsToStandard">The deprecated way to ask for every STANDARD message.</param>
public sealed record LexConfiguration(
    string BotAliasArn, string LocaleId, bool RespondsToStandard, InvokedBy? InvokedBy, string? WelcomeIntent);

public sealed record Bot(
    Person Person, string? Metadata, LexConfiguration Configuration, Instant Created, Instant Updated);

/// <summary>People that are programs; the service chooses their ids. IAM alone decides who may call these.</summary>
public static class Bots
{
    public static string Create(
        ILedger ledger, Repetition repetition, string appId, string? name, string? metadata,
        LexConfiguration configuration, IReadOnlyList<Tag> tags)
    {
        if (repetition.Before(ledger) is { } before)
        {
            return before;
        }

        var app = AppInstances.Find(ledger, appId);
        var bot = ledger.AddBot(app, Guid.NewGuid().ToString(), name, metadata, configuration);
        ledger.AddTags(new ResourceAddress(ResourceKind.Bot, app.Id, bot.Person.Id).Path, tags);
        repetition.Remember(ledger, bot.Person.Id);
        return bot.Person.Id;
    }

    /// <exception cref="Refusal">BotUnknown.</exception>
    public static Bot Find(IView view, PersonAddress address) =>
        view.FindBot(address) ?? throw new Refusal(Reason.BotUnknown);

    /// <param name="configuration">Null leaves it as it is.</param>
    public static Bot Update(
        ILedger ledger, PersonAddress address, string name, string? metadata, LexConfiguration? configuration)
    {
        var bot = Find(ledger, address);
        return ledger.UpdateBot(bot, name, metadata, configuration ?? bot.Configuration);
    }

    /// <summary>Its ties to channels end as a user's do; its messages stay.</summary>
    public static void Delete(ILedger ledger, PersonAddress address) => Users.End(ledger, Find(ledger, address).Person);
}
