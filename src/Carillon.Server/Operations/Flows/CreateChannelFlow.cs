using System.Text.Json;
using Carillon.Core;
using Carillon.Core.Flows;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Flows;

// POST /channel-flows -> 201.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record CreateChannelFlowRequest
{
    public string? AppInstanceArn { get; init; }

    public IReadOnlyList<Processor>? Processors { get; init; }

    public string? Name { get; init; }

    public IReadOnlyList<TagShape>? Tags { get; init; }

    public string? ClientRequestToken { get; init; }
}

internal sealed record CreateChannelFlowResponse(string ChannelFlowArn);

// Differs from AWS: the function of a processor need not exist; a URL of the operator's may stand for it.
internal static class CreateChannelFlow
{
    public static readonly Operation<CreateChannelFlowRequest, CreateChannelFlowResponse> Operation = new(
        nameof(CreateChannelFlow), Route.Post("/channel-flows"), 201, Bearer.None,
        Declares.ResourceLimitExceeded | Declares.Conflict,
        FlowsJson.Default.CreateChannelFlowRequest, FlowsJson.Default.CreateChannelFlowResponse,
        Bind: (r, _) => r,
        Check: (r, must) => TagShape.Check(r.Tags, must),
        Resources: (r, _) => [r.AppInstanceArn!],
        Handle: async (r, call) =>
        {
            var appId = call.Arns.AppId(r.AppInstanceArn!);
            var processors = Processor.Read(r.Processors!);
            var repetition = new Repetition(
                r.ClientRequestToken!, [nameof(CreateChannelFlow), appId, call.Caller.Arn],
                [
                    r.Name, JsonSerializer.Serialize(r.Processors, FlowsJson.Default.IReadOnlyListProcessor),
                    TagShape.Fingerprint(r.Tags),
                ]);
            var id = await call.Store.Write(ledger => ChannelFlows.Create(
                ledger, call.Quotas, repetition, appId, r.Name!, processors, TagShape.Read(r.Tags)));
            return new(call.Arns.Flow(new(appId, id)));
        });
}
