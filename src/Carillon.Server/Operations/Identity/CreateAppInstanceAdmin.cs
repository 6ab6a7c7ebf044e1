using System.Text.Json.Serialization;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// POST /app-instances/{appInstanceArn}/admins -> 201.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record CreateAppInstanceAdminRequest
{
    [JsonIgnore]
    public string AppInstanceArn { get; init; } = "";

    public string? AppInstanceAdminArn { get; init; }
}

internal sealed record CreateAppInstanceAdminResponse(IdentityShape AppInstanceAdmin, string AppInstanceArn);

internal static class CreateAppInstanceAdmin
{
    public static readonly Operation<CreateAppInstanceAdminRequest, CreateAppInstanceAdminResponse> Operation = new(
        nameof(CreateAppInstanceAdmin), Route.Post("/app-instances/{appInstanceArn}/admins"), 201, Bearer.None,
        Declares.ResourceLimitExceeded | Declares.Conflict,
        IdentityJson.Default.CreateAppInstanceAdminRequest, IdentityJson.Default.CreateAppInstanceAdminResponse,
        Bind: (r, call) => r with { AppInstanceArn = call.Path("appInstanceArn") },
        Resources: (r, _) => [r.AppInstanceAdminArn!, r.AppInstanceArn],
        Handle: async (r, call) =>
        {
            var admin = await call.Store.Write(ledger => AppInstances.AddAdmin(
                ledger, call.Quotas, call.Arns.AppId(r.AppInstanceArn), call.Arns.PersonAddress(r.AppInstanceAdminArn!)));
            return new(IdentityShape.Of(admin.Person, call.Arns), r.AppInstanceArn);
        });
}
