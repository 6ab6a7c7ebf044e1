using Carillon.Core.Channels;
using Carillon.Core.Flows;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Flows;

internal sealed record LambdaConfiguration(string? ResourceArn, string? InvocationType);

internal sealed record ProcessorConfiguration(LambdaConfiguration? Lambda);

internal sealed record Processor(string? Name, ProcessorConfiguration? Configuration, int? ExecutionOrder, string? FallbackAction)
{
    public static IReadOnlyList<Processor> Of(Flow flow) =>
    [
        .. flow.Processors.Select(p => new Processor(
            p.Name, new(new(p.Function, Words.Async)), p.Order,
            p.Fallback == Core.Flows.FallbackAction.Abort ? Words.Abort : Words.Continue)),
    ];

    public static IReadOnlyList<FlowProcessor> Read(IReadOnlyList<Processor> processors) =>
    [
        .. processors.Select(p => new FlowProcessor(
            p.Name!, p.Configuration!.Lambda!.ResourceArn!, p.ExecutionOrder!.Value,
            p.FallbackAction == Words.Abort ? Core.Flows.FallbackAction.Abort : Core.Flows.FallbackAction.Continue)),
    ];
}

/// <summary>ChannelFlow of the service model.</summary>
internal sealed record ChannelFlow(
    string ChannelFlowArn, IReadOnlyList<Processor> Processors, string Name, DateTimeOffset CreatedTimestamp,
    DateTimeOffset LastUpdatedTimestamp)
{
    public static ChannelFlow Of(Flow flow, Arns arns) => new(
        arns.Flow(flow.Address), Processor.Of(flow), flow.Name, flow.Created.ToTime(), flow.Updated.ToTime());
}

/// <summary>ChannelFlowSummary of the service model.</summary>
internal sealed record ChannelFlowSummary(string ChannelFlowArn, string Name, IReadOnlyList<Processor> Processors)
{
    public static ChannelFlowSummary Of(Flow flow, Arns arns) =>
        new(arns.Flow(flow.Address), flow.Name, Processor.Of(flow));
}

/// <summary>ChannelAssociatedWithFlowSummary of the service model.</summary>
internal sealed record ChannelAssociatedWithFlowSummary(
    string Name, string ChannelArn, string Mode, string Privacy, string? Metadata)
{
    public static ChannelAssociatedWithFlowSummary Of(Channel channel, Arns arns) => new(
        channel.Name, arns.Channel(channel), Words.Of(channel.Mode), Words.Of(channel.Privacy), channel.Metadata);
}
