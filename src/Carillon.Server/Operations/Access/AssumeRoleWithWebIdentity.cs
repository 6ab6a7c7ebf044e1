using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Access;
using Carillon.Server.Federation;
using Carillon.Server.Http.QueryProtocol;
using Carillon.Wire.Tokens;

namespace Carillon.Server.Operations.Access;

// Differs from AWS: ProviderId, which names OAuth providers without OpenID Connect, is refused.
internal static class AssumeRoleWithWebIdentity
{
    public static readonly QueryOperation Operation = new(
        "AssumeRoleWithWebIdentity",
        ["RoleArn", "RoleSessionName", "WebIdentityToken", "DurationSeconds", .. SessionParts.FilterParameters],
        Needs: null, // the role's trust policy alone has a say in it
        Handle)
    {
        IsUnsigned = true,
    };

    private const string Action = "sts:AssumeRoleWithWebIdentity";

    private static async Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var roleArn = must.Required("RoleArn", 20, 2048, Alphabet.Any);
        var name = must.Required("RoleSessionName", 2, 64, Alphabet.SessionName);
        var token = must.Secret("WebIdentityToken", 4, Jwt.LongestToken);
        var seconds = must.Seconds("DurationSeconds", 900, 43_200);
        var filter = SessionParts.Filter(must, call.Form);
        must.Done();

        var login = await Verify(call.Room, token);
        var role = Permit(call, roleArn, name, login);

        // Only who may have the role learns how long it lasts and which policies there are.
        SessionParts.Require(filter, call.Room);
        var packed = SessionParts.Packed(filter, []);
        var issued = call.Room.Time.GetUtcNow();
        var session = new RoleSession(
            IamIds.NewSessionKey(), role.Id, role.Name, name, issued,
            SessionParts.End(issued, SessionParts.Duration(seconds, role)), filter, [], null, login.Federation);
        return xml =>
        {
            SessionParts.WriteRole(xml, session, call.Room);
            SessionParts.WriteCredentials(xml, session, call.Room);
            SessionParts.WritePacked(xml, packed);
            xml.Text("SubjectFromWebIdentityToken", login.Federation.Subject)
                .Text("Audience", login.Federation.Audience)
                .Text("Provider", login.Issuer);
        };
    }

    private static async Task<(FederatedLogin Federation, string Issuer)> Verify(AccessRoom room, string token)
    {
        try
        {
            var (claims, provider) = await room.Providers.Verify(room.Store, token, CancellationToken.None);
            var login = new FederatedLogin(
                IssuerUrl.NameOf(claims.Issuer), room.Providers.ArnOf(provider), claims.Audience, claims.Subject, claims.Methods);
            return (login, claims.Issuer);
        }
        catch (TokenFault fault)
        {
            throw fault.Kind switch
            {
                TokenFaultKind.Expired => new QueryFault(400, "ExpiredTokenException", fault.Message),
                TokenFaultKind.Rejected => new QueryFault(403, "IDPRejectedClaim", fault.Message),
                TokenFaultKind.Unreachable => new QueryFault(400, "IDPCommunicationError", fault.Message),
                _ => new QueryFault(400, "InvalidIdentityToken", fault.Message),
            };
        }
    }

    /// <remarks>A role that is not there is refused like one that does not trust the provider.</remarks>
    private static Role Permit(QueryCall call, string roleArn, string name, (FederatedLogin Federation, string Issuer) login)
    {
        var role = call.Room.FindRoleByArn(roleArn);
        Authorizer.AddTo(call.Keys, login.Federation);
        call.Keys.Set("sts:RoleSessionName", name);
        var principal = new Principal(PrincipalKind.Federated, login.Federation.Principal);
        var trust = role?.Trust?.Evaluate(principal, Action, IamService.TargetOf(role.Role, call.Room.Account), call.Keys);

        // "Everyone" in a trust policy leaves it to the caller's own policies, and this caller has none.
        return trust == Trust.ByName
            ? role!.Role
            : throw QueryFault.AccessDenied("Not authorized to perform sts:AssumeRoleWithWebIdentity");
    }
}
