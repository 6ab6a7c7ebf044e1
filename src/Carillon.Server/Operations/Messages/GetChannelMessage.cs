using Carillon.Core.Messages;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Messages;

// GET /channels/{channelArn}/messages/{messageId} -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record GetChannelMessageRequest : IInSubChannel
{
    public string ChannelArn { get; init; } = "";

    public string MessageId { get; init; } = "";

    public string? SubChannelId { get; init; }
}

internal sealed record GetChannelMessageResponse(ChannelMessageShape ChannelMessage);

internal static class GetChannelMessage
{
    public static readonly Operation<GetChannelMessageRequest, GetChannelMessageResponse> Operation = new(
        nameof(GetChannelMessage), Route.Get("/channels/{channelArn}/messages/{messageId}"), 200, Bearer.Required,
        Declares.NotFound, In: null, MessagesJson.Default.GetChannelMessageResponse,
        Bind: (r, call) => r with
        {
            ChannelArn = call.Path("channelArn"),
            MessageId = call.Path("messageId"),
            SubChannelId = call.Query("sub-channel-id"),
        },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var message = call.Store.Read(view =>
                History.Get(view, call.Bearer, call.Channel(r.ChannelArn, r.SubChannelId), r.MessageId));
            return Task.FromResult(new GetChannelMessageResponse(
                ChannelMessageShape.Of(message, r.ChannelArn, call.Arns, r.SubChannelId)));
        });
}
