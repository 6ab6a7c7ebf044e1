using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// POST /app-instance-users -> 201.  Shape: chime-sdk-identity 2021-04-20. The caller chooses the id.
internal sealed record CreateAppInstanceUserRequest : ISetsTags
{
    public string? AppInstanceArn { get; init; }

    public string? AppInstanceUserId { get; init; }

    public string? Name { get; init; }

    public string? Metadata { get; init; }

    public string? ClientRequestToken { get; init; }

    public IReadOnlyList<TagShape>? Tags { get; init; }

    public ExpirationSettings? ExpirationSettings { get; init; }
}

internal sealed record CreateAppInstanceUserResponse(string AppInstanceUserArn);

internal static class CreateAppInstanceUser
{
    public static readonly Operation<CreateAppInstanceUserRequest, CreateAppInstanceUserResponse> Operation = new(
        nameof(CreateAppInstanceUser), Route.Post("/app-instance-users"), 201, Bearer.None,
        Declares.ResourceLimitExceeded | Declares.Conflict,
        IdentityJson.Default.CreateAppInstanceUserRequest, IdentityJson.Default.CreateAppInstanceUserResponse,
        Bind: (r, _) => r,
        Check: (r, must) => TagShape.Check(r.Tags, must),
        Resources: (r, _) => [$"{r.AppInstanceArn}/user/{r.AppInstanceUserId}"],
        Handle: async (r, call) =>
        {
            var address = new PersonAddress(call.Arns.AppId(r.AppInstanceArn!), PersonKind.User, r.AppInstanceUserId!);
            if (r.ExpirationSettings is not null)
            {
                call.Authorize("chime:PutAppInstanceUserExpirationSettings", [call.Arns.Person(address)]);
            }

            var repetition = new Repetition(
                r.ClientRequestToken!, [nameof(CreateAppInstanceUser), address.AppId],
                [r.AppInstanceUserId, r.Name, r.Metadata, TagShape.Fingerprint(r.Tags), r.ExpirationSettings?.ToString()]);
            await call.Store.Write(ledger => Users.Create(
                ledger, call.Quotas, repetition, address, r.Name!, r.Metadata, r.ExpirationSettings?.Read(),
                TagShape.Read(r.Tags)));
            return new(call.Arns.Person(address));
        });
}
