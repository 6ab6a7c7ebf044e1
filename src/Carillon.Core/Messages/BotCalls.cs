using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Core.Messages;

/// <summary>A message that a bot is still to be asked about.</summary>
/// <param name="Position">Its place in the list of calls; also its name towards whoever answers.</param>
/// <param name="Attempts">How often it was tried in vain.</param>
public sealed record BotCall(long Position, UserKey Bot, ChannelKey Channel, long Sequence, int Attempts);

/// <summary>Everything that is told to whoever answers for a bot.</summary>
public sealed record BotQuestion(BotCall Call, Bot Bot, Channel Channel, Message Message);

/// <param name="Attributes">JSON in AWS's shape, as of any message.</param>
public sealed record BotAnswer(string Content, string ContentType, string? Attributes);

/// <summary>
/// Which messages call which bots, and how their answers come into the channel. A call is written with its message and goes
/// with its answer, so that it survives a restart and is never answered twice.
/// </summary>
public static class BotCalls
{
    /// <summary>The attribute that names the bots meant (developer guide, "Bots in channels", read 2026-11).</summary>
    private const string Mentions = "CHIME.mentions";

    /// <summary>Kept once the message is in its channel.</summary>
    // AWS leaves messages of bots open; ours call no bot, because two would answer each other for ever. What is not
    // kept calls none either.
    internal static void Queue(ILedger ledger, Channel channel, Message message)
    {
        if (message is not { Type: MessageType.Standard, Persistent: true, Sender.Kind: PersonKind.User }
            || ledger.CountBots(channel.Key) == 0)
        {
            return;
        }

        foreach (var bot in ledger.ListBotMembers(channel.Key))
        {
            if (Calls(ledger, channel, message, bot))
            {
                ledger.AddBotCall(bot.Person.Key, channel.Key, message.Sequence);
            }
        }
    }

    // AWS leaves a bot open that says neither how it is invoked nor what it responds to; ours acts as AUTO and ALL.
    private static bool Calls(IView view, Channel channel, Message message, Bot bot)
    {
        var invoked = bot.Configuration switch
        {
            { InvokedBy: { } said } => said,
            { RespondsToStandard: true } => new InvokedBy(StandardTrigger.All, Targeted: false),
            _ => new InvokedBy(StandardTrigger.Auto, Targeted: true),
        };
        if (message.Target is { } target)
        {
            return invoked.Targeted && target.Key == bot.Person.Key;
        }

        return invoked.Standard switch
        {
            StandardTrigger.All => true,
            StandardTrigger.None => false,
            StandardTrigger.Auto when view.HasMembersBesides(channel.Key, bot.Person.Key, exactly: 1) => true,
            _ => AreMentioned(message.Attributes, bot.Person),
        };
    }

    private static bool AreMentioned(string? attributes, Person bot)
    {
        if (attributes?.Contains(Mentions, StringComparison.Ordinal) != true)
        {
            return false;
        }

        return MessageAttributes.Read(attributes).TryGetValue(Mentions, out var mentions)
            && mentions.Any(arn => arn?.EndsWith(":" + ResourceAddress.Of(bot.Address).Path, StringComparison.Ordinal) == true);
    }

    /// <summary>
    /// What is asked. Null where it is gone by now, or the bot is no member any more: who was put out of a channel is told
    /// nothing of it, also not what was said before.
    /// </summary>
    public static BotQuestion? Question(IView view, BotCall call) =>
        view.FindQuestion(call) is { } question
        && view.FindMember(question.Channel.Key, question.Bot.Person.Key) is { Hidden: false }
            ? question
            : null;

    /// <summary>Sends the answer as the bot, to the asker alone where the bot alone was asked, and ends the call.</summary>
    /// <param name="answer">Null where the bot has nothing to say.</param>
    public static void Answer(ILedger ledger, MessageIds ids, BotQuestion question, BotAnswer? answer)
    {
        if (!ledger.DeleteBotCall(question.Call.Position) || answer is null || Question(ledger, question.Call) is null)
        {
            return;
        }

        PersonAddress? target = question.Message.Target is null ? null : question.Message.Sender.Address;
        if (target is not null
            && ledger.FindMember(question.Channel.Key, question.Message.Sender.Key) is not { Hidden: false })
        {
            return;
        }

        var token = question.Call.Position.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Sending.Do(ledger, ids, new NewMessage(
            question.Bot.Person.Address, question.Channel.Address, MessageType.Standard, Persistent: true, answer.Content,
            null, answer.Attributes, answer.ContentType, target, new Repetition(token, ["bot call"], [])));
    }
}

public interface IBotView
{
    /// <summary>Members that are bots and not hidden.</summary>
    long CountBots(ChannelKey channel);

    IReadOnlyList<Bot> ListBotMembers(ChannelKey channel);

    /// <summary>Whether there are so many members who are not hidden beside this one.</summary>
    bool HasMembersBesides(ChannelKey channel, UserKey user, int exactly);

    /// <summary>
    /// The first call that is due of each bot and channel, the longest waiting first: however much one conversation has
    /// to be asked about, the others are seen.
    /// </summary>
    IReadOnlyList<BotCall> ListBotCalls(int most);

    /// <summary>Null where the bot, the channel or the message is gone, or its content.</summary>
    BotQuestion? FindQuestion(BotCall call);
}

public interface IBotLedger
{
    void AddBotCall(UserKey bot, ChannelKey channel, long sequence);

    /// <summary>It failed and is tried again.</summary>
    void PostponeBotCall(BotCall call, Instant due);

    /// <summary>False where it is gone already.</summary>
    bool DeleteBotCall(long position);
}
