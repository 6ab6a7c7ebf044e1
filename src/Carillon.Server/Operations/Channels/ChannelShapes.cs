using Carillon.Core.Channels;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Channels;

/// <summary>Channel of the service model; also the payload of UPDATE_CHANNEL and DELETE_CHANNEL.</summary>
internal sealed record ChannelShape(
    string Name, string ChannelArn, string Mode, string Privacy, string? Metadata, IdentityShape CreatedBy,
    DateTimeOffset CreatedTimestamp, DateTimeOffset? LastMessageTimestamp, DateTimeOffset LastUpdatedTimestamp,
    ExpirationSettings? ExpirationSettings, string? ChannelFlowArn, ElasticChannelConfiguration? ElasticChannelConfiguration)
{
    public static ChannelShape Of(Channel channel, Arns arns) => new(
        channel.Name, arns.Channel(channel), Words.Of(channel.Mode), Words.Of(channel.Privacy), channel.Metadata,
        IdentityShape.Of(channel.CreatedBy, arns), channel.Created.ToTime(), Words.Time(channel.LastMessage),
        channel.Updated.ToTime(), ExpirationSettings.Of(channel.Expiration),
        channel.FlowId is { } flow ? arns.Flow(new(channel.AppId, flow)) : null,
        ElasticChannelConfiguration.Of(channel.Elastic));
}

/// <summary>ElasticChannelConfiguration of the service model.</summary>
internal sealed record ElasticChannelConfiguration(
    int? MaximumSubChannels, int? TargetMembershipsPerSubChannel, int? MinimumMembershipPercentage)
{
    public static ElasticChannelConfiguration? Of(Elastic? elastic) =>
        elastic is null ? null : new(elastic.MostSubChannels, elastic.Target, elastic.LeastPercent);

    public Elastic Read() =>
        new(MaximumSubChannels!.Value, TargetMembershipsPerSubChannel!.Value, MinimumMembershipPercentage!.Value);
}

/// <summary>ChannelSummary of the service model.</summary>
internal sealed record ChannelSummary(
    string Name, string ChannelArn, string Mode, string Privacy, string? Metadata, DateTimeOffset? LastMessageTimestamp)
{
    public static ChannelSummary Of(Channel channel, Arns arns) => new(
        channel.Name, arns.Channel(channel), Words.Of(channel.Mode), Words.Of(channel.Privacy), channel.Metadata,
        Words.Time(channel.LastMessage));
}
