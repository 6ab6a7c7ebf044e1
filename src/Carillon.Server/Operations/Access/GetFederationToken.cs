using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Access;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class GetFederationToken
{
    public static readonly QueryOperation Operation = new(
        "GetFederationToken",
        ["Name", "DurationSeconds", "Tags", .. SessionParts.FilterParameters],
        new Permission("sts:GetFederationToken", TargetOf),
        Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var name = must.Required("Name", 2, 32, Alphabet.SessionName);
        var seconds = must.Number("DurationSeconds", 900, 129_600, otherwise: 43_200);
        var tags = must.Tags();
        var filter = SessionParts.Filter(must, call.Form);
        must.Done();

        SessionParts.RequireDistinct(tags);
        SessionParts.Require(filter, call.Room);
        if (tags.Count > 0)
        {
            var decision = call.Room.Authorizer.Decide(call.Caller, "sts:TagSession", [TargetOf(call)], call.Keys);
            if (!decision.IsAllowed)
            {
                throw QueryFault.AccessDenied(Denial.Text(call.Caller.Arn, "sts:TagSession", decision));
            }
        }

        List<SessionTag> kept = [.. tags.Select(t => new SessionTag(t.Key, t.Value, Transitive: false))];
        var packed = SessionParts.Packed(filter, kept);
        var issued = call.Room.Time.GetUtcNow();
        var session = new UserSession(
            IamIds.NewSessionKey(), call.Caller.UserId, call.Caller.AccessKeyId, name, issued,
            SessionParts.End(issued, GetSessionToken.Duration(call, seconds)), filter, kept);
        return Task.FromResult<Action<XmlAnswer>?>(xml =>
        {
            SessionParts.WriteCredentials(xml, session, call.Room);
            xml.Group("FederatedUser", user => user
                .Text("FederatedUserId", $"{call.Room.Account.Id}:{name}")
                .Text("Arn", call.Room.Account.FederatedArn(name)));
            SessionParts.WritePacked(xml, packed);
        });
    }

    private static AccessTarget TargetOf(QueryCall call) => new(call.Room.Account.FederatedArn(call.Form["Name"]));
}
