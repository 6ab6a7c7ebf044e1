using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;

namespace Carillon.Events.Core.Talk;

public enum Ruling
{
    Pass,
    Hold,
    Refuse,
}

/// <summary>Why a message is held or refused, as pages are told.</summary>
public static class Why
{
    public const string Banned = "banned";
    public const string Timeout = "timeout";

    /// <summary>The chat is off, or the show is over.</summary>
    public const string Off = "off";

    /// <summary>It is targeted at one person, would not be kept, edits another, or carries more than text: out of reach of moderation.</summary>
    public const string Form = "form";

    /// <summary>The room is for others, or for emoji alone, at present.</summary>
    public const string Mode = "mode";

    public const string Long = "long";
    public const string Slow = "slow";
    public const string Flood = "flood";
    public const string Repeat = "repeat";
    public const string Word = "word";

    /// <summary>As much of the fan as may wait for a moderator waits already.</summary>
    public const string Queue = "queue";

    /// <summary>The first message of a fan.</summary>
    public const string First = "first";

    public const string Reported = "reported";

    /// <summary>Nobody decided in time.</summary>
    public const string Expired = "expired";

    /// <summary>A moderator decided so, and gave no reason.</summary>
    public const string Moderator = "moderator";
}

/// <summary>What a fan wants to say.</summary>
/// <param name="Sent">When the platform took it, microseconds.</param>
/// <param name="Plain">To all, kept, new, and nothing but text and what it answers.</param>
public sealed record Utterance(string Text, long Sent, bool Plain = true);

/// <param name="Why">One of <see cref="Talk.Why"/>; null where it may pass.</param>
/// <param name="Masked">The text with words covered; null where none is.</param>
/// <param name="Until">When it may be said again, microseconds; null where that is not a matter of time.</param>
/// <param name="Talker">As it is after this message.</param>
public sealed record Judgement(Ruling Ruling, string? Why, string? Masked, long? Until, Talker Talker);

/// <summary>What may be said, by whom, how often: the rules that bind every client, as one function without a clock.</summary>
public static class ChatJudge
{
    /// <summary>Messages of one fan that may come at once. Our choice.</summary>
    public const int Burst = 5;

    /// <summary>Between two messages of one fan in the long run, microseconds. Our choice: faster is no talk.</summary>
    public const long Pace = second;

    /// <summary>Messages of one fan that may wait for a moderator. Our choice: nobody fills the queue alone.</summary>
    public const int MostHeld = 5;

    /// <summary>How often a fan may say the same in a row within <see cref="RepeatWindow"/>. Our choice.</summary>
    public const int Repeats = 2;

    /// <summary>Microseconds. Our choice.</summary>
    public const long RepeatWindow = 30 * second;

    private const long second = 1_000_000;

    /// <summary>Judges what the holder of a ticket says.</summary>
    /// <param name="verdict">Of the show's words on the text.</param>
    /// <param name="held">How many of the fan's messages wait for a moderator.</param>
    /// <param name="over">The show's chat is off or over.</param>
    public static Judgement Judge(
        Utterance said, Ticket ticket, Talker talker, ChatRules rules, string firstTier, WordVerdict verdict, int held, bool over, long now)
    {
        // Who is out is told so, before anything about the text.
        if (ticket.StateAt(now) != TicketState.Valid) return No(Why.Banned, ticket.Until);
        if (over || !rules.Enabled) return No(Why.Off);
        if (talker.TimeoutUntil is { } until && until > now) return No(Why.Timeout, until);
        if (!said.Plain) return No(Why.Form);
        var pictures = Emoji.IsAll(said.Text);
        var fits = rules.Mode switch
        {
            "staff" => false,
            "tier" => ticket.Tier != firstTier,
            "emoji" => pictures,
            _ => true,
        };
        if (!fits) return No(Why.Mode);
        if (ChatRules.LengthOf(said.Text) > rules.MaxLength) return No(Why.Long);

        // Messages may be asked about out of order, so that distances count and not directions.
        var used = Math.Max(talker.Flood, said.Sent);
        if (used - said.Sent > (Burst - 1) * Pace) return No(Why.Flood, used - (Burst - 1) * Pace);
        if (talker.Last > 0 && Math.Abs(said.Sent - talker.Last) < rules.SlowSeconds * second)
            return No(Why.Slow, talker.Last + rules.SlowSeconds * second);
        // All clap, again and again; that is no repetition.
        var look = pictures ? 0 : LookOf(said.Text);
        var again = look != 0 && look == talker.Look && said.Sent - talker.RepeatsFrom < RepeatWindow;
        if (again && talker.Repeats >= Repeats) return No(Why.Repeat, talker.RepeatsFrom + RepeatWindow);
        if (verdict.Action == WordAction.Refuse) return No(Why.Word);

        var after = talker with
        {
            Last = Math.Max(talker.Last, said.Sent),
            Flood = used + Pace,
            Look = look,
            Repeats = again ? talker.Repeats + 1 : 1,
            RepeatsFrom = again ? talker.RepeatsFrom : said.Sent,
        };
        var masked = verdict.Masked == said.Text ? null : verdict.Masked;
        var why = verdict.Action == WordAction.Hold ? Why.Word : rules.HoldFirst && talker.Sent == 0 ? Why.First : null;
        if (why is not null)
            return held >= MostHeld ? No(Why.Queue) : new Judgement(Ruling.Hold, why, masked, null, after);
        return new Judgement(Ruling.Pass, null, masked, null, after with { Sent = talker.Sent + 1 });

        Judgement No(string why, long? until = null) => new(Ruling.Refuse, why, null, until, talker);
    }

    /// <summary>Texts that read alike share it; 0 for what folds to nothing, which is no text to compare.</summary>
    private static long LookOf(string text) => Folding.Search(text) is { Length: > 0 } folded
        ? BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(folded))) | 1 : 0;
}
