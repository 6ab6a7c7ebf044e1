using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// POST /app-instances -> 201.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record CreateAppInstanceRequest : ISetsTags
{
    public string? Name { get; init; }

    public string? Metadata { get; init; }

    public string? ClientRequestToken { get; init; }

    public IReadOnlyList<TagShape>? Tags { get; init; }
}

internal sealed record CreateAppInstanceResponse(string AppInstanceArn);

internal static class CreateAppInstance
{
    public static readonly Operation<CreateAppInstanceRequest, CreateAppInstanceResponse> Operation = new(
        nameof(CreateAppInstance), Route.Post("/app-instances"), 201, Bearer.None,
        Declares.ResourceLimitExceeded | Declares.Conflict,
        IdentityJson.Default.CreateAppInstanceRequest, IdentityJson.Default.CreateAppInstanceResponse,
        Bind: (r, _) => r,
        Check: (r, must) => TagShape.Check(r.Tags, must),
        Resources: (_, call) => [call.Arns.App("*")],
        Handle: async (r, call) =>
        {
            var repetition = new Repetition(
                r.ClientRequestToken!, [nameof(CreateAppInstance), call.Caller.AccountId],
                [r.Name, r.Metadata, TagShape.Fingerprint(r.Tags)]);
            var id = await call.Store.Write(ledger => AppInstances.Create(
                ledger, call.Quotas, repetition, r.Name!, r.Metadata, TagShape.Read(r.Tags)));
            return new(call.Arns.App(id));
        });
}
