using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// GET /app-instances/{appInstanceArn}/admins/{appInstanceAdminArn} -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record DescribeAppInstanceAdminRequest
{
    public string AppInstanceArn { get; init; } = "";

    public string AppInstanceAdminArn { get; init; } = "";
}

internal sealed record DescribeAppInstanceAdminResponse(AppInstanceAdminShape AppInstanceAdmin);

internal sealed record AppInstanceAdminShape(IdentityShape Admin, string AppInstanceArn, DateTimeOffset CreatedTimestamp);

internal static class DescribeAppInstanceAdmin
{
    public static readonly Operation<DescribeAppInstanceAdminRequest, DescribeAppInstanceAdminResponse> Operation = new(
        nameof(DescribeAppInstanceAdmin), Route.Get("/app-instances/{appInstanceArn}/admins/{appInstanceAdminArn}"), 200,
        Bearer.None, Declares.Nothing, In: null, IdentityJson.Default.DescribeAppInstanceAdminResponse,
        Bind: (r, call) => r with
        {
            AppInstanceArn = call.Path("appInstanceArn"),
            AppInstanceAdminArn = call.Path("appInstanceAdminArn"),
        },
        Resources: (r, _) => [r.AppInstanceAdminArn, r.AppInstanceArn],
        Handle: (r, call) =>
        {
            var admin = call.Store.Read(view => AppInstances.FindAdmin(
                view, call.Arns.AppId(r.AppInstanceArn), call.Arns.PersonAddress(r.AppInstanceAdminArn)));
            return Task.FromResult(new DescribeAppInstanceAdminResponse(new(
                IdentityShape.Of(admin.Person, call.Arns), r.AppInstanceArn, admin.Created.ToTime())));
        });
}
