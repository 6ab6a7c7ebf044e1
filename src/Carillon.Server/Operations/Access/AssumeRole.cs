using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Access;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

// Differs from AWS: SerialNumber, TokenCode and ProvidedContexts are refused; root may assume a role that trusts it,
// because an installation begins with nobody else.
internal static class AssumeRole
{
    public static readonly QueryOperation Operation = new(
        "AssumeRole",
        [
            "RoleArn", "RoleSessionName", "DurationSeconds", "Tags", "TransitiveTagKeys", "ExternalId", "SourceIdentity",
            .. SessionParts.FilterParameters,
        ],
        Needs: null, // asked below, because the role's trust policy has a say in it
        Handle);

    private static readonly TimeSpan LongestChained = TimeSpan.FromHours(1);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var request = Read(call.Form);
        SessionParts.Require(request.Filter, call.Room);
        var from = call.Caller.Session as RoleSession;
        var tags = Inherit(request, from);
        var sourceIdentity = request.SourceIdentity ?? from?.SourceIdentity;
        var role = Permit(call, request, tags, sourceIdentity, from);
        var duration = Duration(request, role.Role, from is not null);
        var packed = SessionParts.Packed(request.Filter, tags);

        var issued = call.Room.Time.GetUtcNow();
        var session = new RoleSession(
            IamIds.NewSessionKey(), role.Role.Id, role.Role.Name, request.SessionName, issued,
            SessionParts.End(issued, duration), request.Filter, tags, sourceIdentity);
        return Task.FromResult<Action<XmlAnswer>?>(xml =>
        {
            SessionParts.WriteRole(xml, session, call.Room);
            SessionParts.WriteCredentials(xml, session, call.Room);
            SessionParts.WritePacked(xml, packed);
            xml.Text("SourceIdentity", sourceIdentity);
        });
    }

    private sealed record Request(
        string RoleArn, string SessionName, SessionFilter Filter, int? Seconds, IReadOnlyList<(string Key, string Value)> Tags,
        IReadOnlyList<string> TransitiveKeys, string? ExternalId, string? SourceIdentity);

    private static Request Read(QueryForm form)
    {
        var must = new Checks(form);
        var request = new Request(
            must.Required("RoleArn", 20, 2048, Alphabet.Any),
            must.Required("RoleSessionName", 2, 64, Alphabet.SessionName),
            SessionParts.Filter(must, form),
            must.Seconds("DurationSeconds", 900, 43_200),
            must.Tags(),
            must.TagKeys("TransitiveTagKeys"),
            must.Optional("ExternalId", 2, 1224, Alphabet.ExternalId),
            must.Optional("SourceIdentity", 2, 64, Alphabet.SessionName));
        must.Done();
        return request;
    }

    /// <summary>The tags of the new session: those asked for, and the transitive ones of the session that asks.</summary>
    private static List<SessionTag> Inherit(Request request, RoleSession? from)
    {
        SessionParts.RequireDistinct(request.Tags);
        if (request.TransitiveKeys.Except(request.Tags.Select(t => t.Key), StringComparer.OrdinalIgnoreCase).Any())
        {
            throw Wrong("The specified transitive tag key must be included in the requested tags.");
        }

        List<SessionTag> tags = [.. from?.Tags.Where(t => t.Transitive) ?? []];
        foreach (var (key, value) in request.Tags)
        {
            if (tags.Any(t => t.Key.Equals(key, StringComparison.OrdinalIgnoreCase)))
            {
                throw Wrong("One of the specified transitive tag keys can't be set because it conflicts with a "
                    + "transitive tag key from the calling session.");
            }

            tags.Add(new(key, value, request.TransitiveKeys.Contains(key, StringComparer.OrdinalIgnoreCase)));
        }

        return tags;

        static QueryFault Wrong(string message) => new(400, "InvalidParameterValue", message);
    }

    /// <summary>The role, if its trust policy and the caller's own policies let the caller become it.</summary>
    /// <remarks>A role that is not there is refused like one that does not trust.</remarks>
    private static CompiledRole Permit(
        QueryCall call, Request request, List<SessionTag> tags, string? sourceIdentity, RoleSession? from)
    {
        var (room, caller) = (call.Room, call.Caller);
        var role = room.FindRoleByArn(request.RoleArn);
        if (role?.Trust is null)
        {
            throw Denied("sts:AssumeRole");
        }

        call.Keys.Set("sts:RoleSessionName", request.SessionName);
        RequestTags.AddTo(call.Keys, [.. tags.Select(t => (t.Key, t.Value))]);
        call.Keys.Set("sts:TransitiveTagKeys", [.. tags.Where(t => t.Transitive).Select(t => t.Key)]);
        if (request.ExternalId is not null)
        {
            call.Keys.Set("sts:ExternalId", request.ExternalId);
        }

        if (sourceIdentity is not null)
        {
            call.Keys.Set("sts:SourceIdentity", sourceIdentity);
        }

        if (from?.SourceIdentity is { } already && already != sourceIdentity)
        {
            throw Denied("sts:SetSourceIdentity");
        }

        var target = IamService.TargetOf(role.Role, room.Account);
        var principal = new Principal(
            PrincipalKind.Aws, caller.Arn, caller.AccountId,
            from is not null && room.Catalog.FindRole(from.RoleName) is { } own ? room.Account.RoleArn(own.Role) : null);
        Ask("sts:AssumeRole");
        if (tags.Count > 0)
        {
            Ask("sts:TagSession");
        }

        if (sourceIdentity is not null)
        {
            Ask("sts:SetSourceIdentity");
        }

        return role;

        void Ask(string action)
        {
            var trust = role.Trust!.Evaluate(principal, action, target, call.Keys);
            var decision = room.Authorizer.Decide(caller, action, [target], call.Keys);
            var permitted = trust switch
            {
                Trust.ByName => decision.Verdict is Verdict.Allowed or Verdict.NoIdentityPolicy or Verdict.NoSessionPolicy,
                Trust.ByRole => decision.Verdict is Verdict.Allowed or Verdict.NoIdentityPolicy && SessionAllows(action),
                Trust.ByAccount => decision.IsAllowed,
                _ => false,
            };
            if (!permitted)
            {
                throw Denied(action);
            }
        }

        // No identity policy need allow what the trust policy gives to the caller's role; its session policy must.
        bool SessionAllows(string action) => room.Authorizer.GrantsOf(caller).Session is not { Count: > 0 } filter
            || Policy.Evaluate(new Grants(false, filter), new AccessRequest(action, [target], call.Keys)).IsAllowed;

        QueryFault Denied(string action) => QueryFault.AccessDenied(Denial.Text(caller.Arn, action, request.RoleArn));
    }

    private static TimeSpan Duration(Request request, Role role, bool chained)
    {
        var duration = SessionParts.Duration(request.Seconds, role);
        if (chained && duration > LongestChained)
        {
            throw QueryFault.Invalid(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
        }

        return duration;
    }
}
