using System.Text.Json.Serialization;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Channels;

// GET /channels/{channelArn} -> 200.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record DescribeChannelRequest
{
    public string ChannelArn { get; init; } = "";
}

internal sealed record DescribeChannelResponse(
    ChannelShape Channel, [property: JsonPropertyName(Extensions.Member)] ChannelExtension Extension);

internal static class DescribeChannel
{
    public static readonly Operation<DescribeChannelRequest, DescribeChannelResponse> Operation = new(
        nameof(DescribeChannel), Route.Get("/channels/{channelArn}"), 200, Bearer.Required, Declares.Nothing,
        In: null, ChannelsJson.Default.DescribeChannelResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: (r, call) =>
        {
            var description = call.Store.Read(view =>
                Core.Channels.Channels.Describe(view, call.Bearer, call.Channel(r.ChannelArn)));
            return Task.FromResult(new DescribeChannelResponse(
                ChannelShape.Of(description.Channel, call.Arns), ChannelExtension.Of(description)));
        });
}
