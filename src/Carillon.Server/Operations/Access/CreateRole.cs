using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

// Differs from AWS: PermissionsBoundary is refused.
internal static class CreateRole
{
    public static readonly QueryOperation Operation = new(
        "CreateRole",
        ["RoleName", "Path", "AssumeRolePolicyDocument", "Description", "MaxSessionDuration", "Tags"],
        new Permission("iam:CreateRole", call =>
            new AccessTarget(call.Room.Account.RoleArn((call.Form.Find("Path") ?? "/") + call.Form["RoleName"]))),
        Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var path = IamService.Path(must, "path", must.Optional("Path", 1, 512, Alphabet.Path) is { Length: > 0 } p ? p : "/");
        var document = IamService.Document(must, "AssumeRolePolicyDocument");
        var description = must.Optional("Description", 0, 1000, Alphabet.Description);
        var longest = must.Number("MaxSessionDuration", 3600, 43_200, otherwise: 3600);
        var tags = IamService.Tags(must);
        must.Done();

        var trust = TrustPolicy.Parse(document);
        var role = await call.Room.Catalog.Change(ledger => IamRoles.Create(
            ledger, call.Room.Quotas, name, path, trust, description, TimeSpan.FromSeconds(longest), tags));
        return xml => xml.Group("Role", inside => IamService.Write(inside, role, call.Room.Account));
    }
}
