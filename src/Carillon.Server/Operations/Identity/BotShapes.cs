using Carillon.Core.Identity;

namespace Carillon.Server.Operations.Identity;

/// <summary>Configuration of the service model.</summary>
internal sealed record BotConfiguration(LexConfigurationShape? Lex)
{
    public static BotConfiguration Of(LexConfiguration configuration) => new(new LexConfigurationShape(
        configuration.RespondsToStandard ? Words.StandardMessages : null,
        configuration.InvokedBy is { } invoked
            ? new(
                invoked.Standard switch
                {
                    StandardTrigger.Auto => Words.Auto,
                    StandardTrigger.All => Words.All,
                    StandardTrigger.Mentions => Words.Mentions,
                    _ => Words.None,
                },
                invoked.Targeted ? Words.All : Words.None)
            : null,
        configuration.BotAliasArn, configuration.LocaleId, configuration.WelcomeIntent));

    public LexConfiguration Read() => new(
        Lex!.LexBotAliasArn!, Lex.LocaleId!, Lex.RespondsTo is not null,
        Lex.InvokedBy is { } invoked
            ? new(
                invoked.StandardMessages switch
                {
                    Words.Auto => StandardTrigger.Auto,
                    Words.All => StandardTrigger.All,
                    Words.Mentions => StandardTrigger.Mentions,
                    _ => StandardTrigger.None,
                },
                invoked.TargetedMessages == Words.All)
            : null,
        Lex.WelcomeIntent);
}

/// <summary>LexConfiguration of the service model.</summary>
internal sealed record LexConfigurationShape(
    string? RespondsTo, InvokedByShape? InvokedBy, string? LexBotAliasArn, string? LocaleId, string? WelcomeIntent);

/// <summary>InvokedBy of the service model.</summary>
internal sealed record InvokedByShape(string? StandardMessages, string? TargetedMessages);
