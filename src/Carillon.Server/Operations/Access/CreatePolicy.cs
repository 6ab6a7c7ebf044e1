using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class CreatePolicy
{
    public static readonly QueryOperation Operation = new(
        "CreatePolicy",
        ["PolicyName", "Path", "PolicyDocument", "Description", "Tags"],
        new Permission("iam:CreatePolicy", call =>
            new AccessTarget(call.Room.Account.PolicyArn((call.Form.Find("Path") ?? "/") + call.Form["PolicyName"]))),
        Handle);

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = IamService.PolicyName(must);
        var path = IamService.Path(
            must, "path", must.Optional("Path", 1, 512, Alphabet.PolicyPath) is { Length: > 0 } p ? p : "/");
        var document = IamService.Document(must, "PolicyDocument");
        var description = must.Optional("Description", 0, 1000, Alphabet.Any);
        var tags = IamService.Tags(must);
        must.Done();

        var policy = Policy.Parse(document);
        var arn = call.Room.Account.PolicyArn(path + name);
        var made = await call.Room.Catalog.Change(ledger =>
            ManagedPolicies.Create(ledger, call.Room.Quotas, arn, name, path, description, policy, tags));
        return xml => xml.Group("Policy", inside => IamService.Write(inside, made, attachments: 0));
    }
}
