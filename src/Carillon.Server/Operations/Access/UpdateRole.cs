using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class UpdateRole
{
    public static readonly QueryOperation Operation = new(
        "UpdateRole", ["RoleName", "Description", "MaxSessionDuration"], IamService.Over("iam:UpdateRole"), Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.RoleName(must);
        var description = must.Optional("Description", 0, 1000, Alphabet.Description);
        var longest = must.Number("MaxSessionDuration", 3600, 43_200, otherwise: 0);
        must.Done();

        await call.Room.Catalog.Change(ledger =>
        {
            IamRoles.Update(ledger, name, description, longest == 0 ? null : TimeSpan.FromSeconds(longest));
            return true;
        });
        return _ => { };
    }
}
