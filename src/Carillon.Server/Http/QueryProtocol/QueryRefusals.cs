using Carillon.Core;

namespace Carillon.Server.Http.QueryProtocol;

/// <summary>What IAM answers to the reasons that its rules give.</summary>
internal static class QueryRefusals
{
    public static QueryFault Of(Refusal refusal)
    {
        var (status, code) = refusal.Reason switch
        {
            Reason.RoleUnknown or Reason.RolePolicyUnknown or Reason.IamEntityUnknown => (404, "NoSuchEntity"),
            Reason.RoleExists or Reason.IamEntityExists => (409, "EntityAlreadyExists"),
            Reason.RoleInUse or Reason.IamEntityInUse => (409, "DeleteConflict"),
            Reason.PolicyNotOurs => (403, "AccessDenied"),
            Reason.QuotaReached => (409, "LimitExceeded"),
            Reason.InvalidInput => (400, "InvalidInput"),
            Reason.Busy => (400, "Throttling"),
            Reason.StoreUnavailable => (503, "ServiceUnavailable"),
            var other => throw new InvalidOperationException($"No rule of IAM refuses for {other}.", refusal),
        };

        // What the disk said is for the operator's log, not for callers.
        return new(status, code, status == 503 ? "The request has failed due to a temporary failure of the server."
            : refusal.Detail ?? "Rate exceeded");
    }
}
