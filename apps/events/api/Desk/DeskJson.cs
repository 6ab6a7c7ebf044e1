using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Store;
using Carillon.Events.Core.Talk;
using Carillon.Events.Door;

namespace Carillon.Events.Desk;

/// <param name="Role"><c>organiser</c>, <c>artist</c> or <c>moderator</c>.</param>
/// <param name="Staff">Whose messages are marked, as fans' pages are told.</param>
internal sealed record DeskPageAnswer(DeskShow Show, string Role, string Name, string? UserArn, DeskRules Rules, DeskNumbers Numbers, PinAnswer? Pin,
    JsonArray Staff);

internal sealed record DeskShow(string Id, string Slug, string Title, string Phase, IReadOnlyList<string> Tiers);

/// <param name="Words">The show's own.</param>
/// <param name="CommonWords">Whether those that hold for every show hold here too.</param>
internal sealed record DeskRules(int SlowSeconds, string Mode, bool HoldFirst, IReadOnlyList<WordRule> Words, bool CommonWords)
{
    public static DeskRules Of(ChatRules chat) => new(chat.SlowSeconds, chat.Mode, chat.HoldFirst, chat.Words, chat.CommonWords);
}

/// <summary>The words that hold for every show: the desk reads them, and organisers change them.</summary>
/// <param name="Used">Whether they hold here.</param>
internal sealed record DeskCommonWords(bool Used, IReadOnlyList<WordRule> Words, DateTimeOffset? UpdatedAt, string? UpdatedBy);

/// <param name="Held">What waits in the queue, held or reported.</param>
/// <param name="Stream"><c>ok</c>, <c>unknown</c> or <c>down</c>.</param>
internal sealed record DeskNumbers(
    int Present, int MessagesPerMinute, long Held, long Removed, long ReactionsPerMinute, string Stream);

internal sealed record PinAnswer(string MessageId, string? UserArn, string Author, string Kind, string Text)
{
    public static PinAnswer Of(EventsView view, long show, Pin pin) => new(
        pin.MessageId, view.StageOf(show)?.AppInstanceArn is { } app ? $"{app}/user/{pin.UserId}" : null, pin.Author, pin.Kind, pin.Text);
}

internal sealed record HeldList(IReadOnlyList<HeldItem> Items, long Total, string? Next);

/// <param name="State"><c>held</c>: nobody sees it yet. <c>reported</c>: all see it.</param>
/// <param name="Reports">Fans who have reported it.</param>
/// <param name="Reasons">Theirs, each once, the one that was given first before the others; the last ones are left out where they are many.</param>
internal sealed record HeldItem(
    string MessageId, string? UserArn, string? Nickname, long? Number, string Text, string? Why, DateTimeOffset At, string? ClaimedBy,
    string State, long Reports, IReadOnlyList<ReportReason> Reasons)
{
    /// <summary>Reasons that are told of one message. Our choice: whoever wants to be read chooses one of the page's.</summary>
    private const int mostReasons = 8;

    public static HeldItem Of(EventsView view, Said said, string? claimedBy) => new(
        said.MessageId, view.StageOf(said.Show)?.AppInstanceArn is { } app ? $"{app}/user/{said.UserId}" : null,
        said.Number is { } number ? view.Ticket(said.Show, number)?.Nickname : view.StaffByUser(said.UserId)?.Name, said.Number, said.Text,
        said.Why, Times.FromMicroseconds(said.At), claimedBy, said.State == SaidState.Held ? "held" : "reported", said.Reports,
        ReasonsOf(view, said));

    public static IReadOnlyList<ReportReason> ReasonsOf(EventsView view, Said said) =>
        said.Reports == 0 ? [] : view.ReportReasons(said.Show, said.MessageId, mostReasons);
}

internal sealed record DecisionRequest(string? Decision, string? Reason);

/// <param name="Now">Without time to take it back.</param>
internal sealed record RemoveRequest(string? Reason, bool Now);

internal sealed record TimeoutRequest(int? Seconds, string? Reason);

internal sealed record BanRequest(DateTimeOffset? Until, string? Reason, bool RemoveMessages);

internal sealed record RulesRequest(int? SlowSeconds, string? Mode, bool? HoldFirst, IReadOnlyList<WordRule>? Words);

internal sealed record PinRequest(string? MessageId);

internal sealed record UndoRequest(long? LogId);

/// <summary>A text, and rules that are not in force yet: null tries those that are.</summary>
internal sealed record TestRequest(string? Text, IReadOnlyList<WordRule>? Words);

/// <param name="Action"><c>pass</c>, <c>mask</c>, <c>hold</c> or <c>refuse</c>.</param>
/// <param name="Text">As it would be seen.</param>
internal sealed record TestAnswer(string Action, string? Why, string Text, IReadOnlyList<TestHit> Hits);

/// <param name="Start">In UTF-16 units.</param>
/// <param name="List"><c>show</c>: its own. <c>common</c>: the one that holds for every show.</param>
internal sealed record TestHit(string Rule, string Match, string Action, int Start, int Length, string List);

internal sealed record ChangeAnswer(long? LogId, DateTimeOffset? UndoUntil)
{
    public static ChangeAnswer Of(Outcome outcome) => new(outcome.Entry?.Key, Times.FromMicroseconds(outcome.UndoUntil));
}

internal sealed record PeopleList(IReadOnlyList<PersonLine> People, string? Next);

/// <param name="State"><c>valid</c>, <c>timeout</c>, <c>banned</c> or <c>revoked</c>.</param>
/// <param name="Messages">That were let pass, without those that were removed.</param>
internal sealed record PersonLine(
    long Number, string? UserArn, string? Nickname, string Tier, string State, string? Reason, DateTimeOffset? Until, long Messages,
    long Removed, bool Here)
{
    public static PersonLine Of(Person person, string? app) => new(
        person.Number, app is null ? null : $"{app}/user/{person.UserId}", person.Nickname, person.Tier, Words.Of(person.State),
        person.Reason, Times.FromMicroseconds(person.Until), Math.Max(0, person.Sent - person.Removed), person.Removed, person.Here);
}

internal sealed record LogList(IReadOnlyList<LogLine> Entries, string? Next);

/// <param name="By">Empty where nobody did it: time did.</param>
/// <param name="Undoable">As far as the entry tells: somebody may have changed the same meanwhile.</param>
/// <param name="UndoUntil">When it is too late; null for never.</param>
internal sealed record LogLine(
    long Id, DateTimeOffset At, string By, string Act, long? Number, string? MessageId, string? Reason, DateTimeOffset? Until,
    bool Undone, bool Undoable, DateTimeOffset? UndoUntil)
{
    public static LogLine Of(LogEntry entry, long window) => new(
        entry.Key, Times.FromMicroseconds(entry.At), entry.By, entry.Act, entry.Number, entry.MessageId, entry.Reason,
        Times.FromMicroseconds(entry.Until), entry.Undone is not null, Moderation.CanUndo(entry),
        // From then on the platform has been told, and it does not forget.
        entry.Act is Acts.Remove or Acts.Refuse ? Times.FromMicroseconds(entry.At + window) : null);
}

internal sealed record ReportRequest(string? MessageId, string? Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(DeskPageAnswer))]
[JsonSerializable(typeof(DeskRules))]
[JsonSerializable(typeof(DeskCommonWords))]
[JsonSerializable(typeof(DeskNumbers))]
[JsonSerializable(typeof(PinAnswer))]
[JsonSerializable(typeof(HeldList))]
[JsonSerializable(typeof(HeldItem))]
[JsonSerializable(typeof(IReadOnlyList<ReportReason>))]
[JsonSerializable(typeof(DecisionRequest))]
[JsonSerializable(typeof(RemoveRequest))]
[JsonSerializable(typeof(TimeoutRequest))]
[JsonSerializable(typeof(BanRequest))]
[JsonSerializable(typeof(RulesRequest))]
[JsonSerializable(typeof(PinRequest))]
[JsonSerializable(typeof(UndoRequest))]
[JsonSerializable(typeof(TestRequest))]
[JsonSerializable(typeof(TestAnswer))]
[JsonSerializable(typeof(ChangeAnswer))]
[JsonSerializable(typeof(PeopleList))]
[JsonSerializable(typeof(LogList))]
[JsonSerializable(typeof(LogLine))]
[JsonSerializable(typeof(ReportRequest))]
internal sealed partial class DeskJson : JsonSerializerContext;
