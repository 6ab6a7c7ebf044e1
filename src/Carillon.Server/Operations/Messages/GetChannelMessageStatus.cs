using Carillon.Core.Messages;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Messages;

// GET /channels/{channelArn}/messages/{messageId}?scope=message-status -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record GetChannelMessageStatusRequest : IInSubChannel
{
    public string ChannelArn { get; init; } = "";

    public string MessageId { get; init; } = "";

    public string? SubChannelId { get; init; }
}

internal sealed record GetChannelMessageStatusResponse(ChannelMessageStatusStructure Status);

internal static class GetChannelMessageStatus
{
    public static readonly Operation<GetChannelMessageStatusRequest, GetChannelMessageStatusResponse> Operation = new(
        nameof(GetChannelMessageStatus), Route.Get("/channels/{channelArn}/messages/{messageId}?scope=message-status"), 200,
        Bearer.Required, Declares.Nothing, In: null, MessagesJson.Default.GetChannelMessageStatusResponse,
        Bind: (r, call) => r with
        {
            ChannelArn = call.Path("channelArn"),
            MessageId = call.Path("messageId"),
            SubChannelId = call.Query("sub-channel-id"),
        },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var (status, detail) = call.Store.Read(view =>
                History.Status(view, call.Bearer, call.Channel(r.ChannelArn, r.SubChannelId), r.MessageId));
            return Task.FromResult(new GetChannelMessageStatusResponse(ChannelMessageStatusStructure.Of(status, detail)));
        });
}
