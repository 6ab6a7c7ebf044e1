using Carillon.Core.Access;
using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Core.Messages;

/// <summary>Reading what was said.</summary>
public static class History
{
    public static Message Get(IView view, PersonAddress bearer, ChannelAddress address, string id)
    {
        var standing = Standing.Within(view, bearer, address).Must(Rights.GetChannelMessage);
        return Visible(view, standing, id);
    }

    public static Page<Message> List(
        IView view, PersonAddress bearer, ChannelAddress address, HistoryRange range, int size, long? after)
    {
        var standing = Standing.Within(view, bearer, address).Must(Rights.ListChannelMessages);
        return view.ListMessages(standing.Channel.Key, standing.Bearer.Key, range, size, after);
    }

    /// <exception cref="Refusal">MessageUnknown, also for a message targeted past the bearer.</exception>
    internal static Message Visible(IView view, Standing standing, string id)
    {
        var message = view.FindMessage(standing.Channel.Key, id);
        return message is not null && message.IsFor(standing.Bearer.Key)
            ? message
            : throw new Refusal(Reason.MessageUnknown);
    }
}
