using Carillon.Core.Access;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class GetAccessKeyInfo
{
    // Differs from AWS: there is one account, so every well-formed key id is answered with it.
    public static readonly QueryOperation Operation = new(
        "GetAccessKeyInfo", ["AccessKeyId"], new Permission("sts:GetAccessKeyInfo", _ => AccessTarget.Anything), Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        must.Required("AccessKeyId", 16, 128, new Alphabet(@"[\w]*", c => char.IsAsciiLetterOrDigit(c) || c == '_'));
        must.Done();

        return Task.FromResult<Action<XmlAnswer>?>(xml => xml.Text("Account", call.Room.Account.Id));
    }
}
