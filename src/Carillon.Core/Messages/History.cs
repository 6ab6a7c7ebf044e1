using Carillon.Core.Access;
using Carillon.Core.Channels;
using Carillon.Core.Flows;
using Carillon.Core.Identity;

namespace Carillon.Core.Messages;

/// <summary>Reading what was said.</summary>
public static class History
{
    public static Message Get(IView view, PersonAddress bearer, ChannelAddress address, string id)
    {
        var standing = Standing.Within(view, bearer, address).Must(Rights.GetChannelMessage);
        var message = view.FindMessage(standing.Channel.Key, id) ?? Processing.OfSender(view, standing, id);
        return Visible(message, standing);
    }

    /// <summary>How far a message of the bearer has come. Where a flow holds an update of it, how far that has.</summary>
    // AWS leaves open what an update makes of the status; we tell of the latest change.
    public static (MessageStatus Status, string? Detail) Status(
        IView view, PersonAddress bearer, ChannelAddress address, string id)
    {
        var standing = Standing.Within(view, bearer, address).Must(Rights.GetChannelMessageStatus, own: true);
        var held = view.FindPending(standing.Channel.Key, id);
        if (held is not null && held.Message.Sender.Key == standing.Bearer.Key && held.Tells)
        {
            return (held.Status, held.Detail);
        }

        return view.FindMessage(standing.Channel.Key, id) is { } message && message.Sender.Key == standing.Bearer.Key
            ? (MessageStatus.Sent, null)
            : throw new Refusal(Reason.MessageUnknown);
    }

    public static Page<Message> List(
        IView view, PersonAddress bearer, ChannelAddress address, HistoryRange range, int size, long? after)
    {
        var standing = Standing.Within(view, bearer, address).Must(Rights.ListChannelMessages);
        return view.ListMessages(standing.Channel.Key, standing.Bearer.Key, range, size, after);
    }

    /// <exception cref="Refusal">MessageUnknown, also for a message targeted past the bearer.</exception>
    internal static Message Visible(IView view, Standing standing, string id) =>
        Visible(view.FindMessage(standing.Channel.Key, id), standing);

    private static Message Visible(Message? message, Standing standing) =>
        message is not null && message.IsFor(standing.Bearer.Key) ? message : throw new Refusal(Reason.MessageUnknown);
}
