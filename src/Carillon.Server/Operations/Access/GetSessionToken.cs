using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

internal static class GetSessionToken
{
    // No policy is asked: IAM User Guide, "Permissions for GetSessionToken". There is no MFA: SerialNumber is refused.
    public static readonly QueryOperation Operation = new(
        "GetSessionToken", ["DurationSeconds"], Needs: null, Handle);

    private static readonly TimeSpan LongestOfRoot = TimeSpan.FromHours(1);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var seconds = must.Number("DurationSeconds", 900, 129_600, otherwise: 43_200);
        must.Done();

        var issued = call.Room.Time.GetUtcNow();
        var session = new UserSession(
            IamIds.NewSessionKey(), call.Caller.UserId, call.Caller.AccessKeyId, null, issued,
            SessionParts.End(issued, Duration(call, seconds)), SessionFilter.None, []);
        return Task.FromResult<Action<XmlAnswer>?>(xml => SessionParts.WriteCredentials(xml, session, call.Room));
    }

    /// <summary>Root's sessions end after an hour, whatever it asks for. Source: STS API Reference.</summary>
    public static TimeSpan Duration(QueryCall call, int seconds)
    {
        var duration = TimeSpan.FromSeconds(seconds);
        return call.Room.Authorizer.IsRoot(call.Caller) && duration > LongestOfRoot ? LongestOfRoot : duration;
    }
}
