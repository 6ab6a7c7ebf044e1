using Carillon.Core;

namespace Carillon.Server.Http;

/// <summary>Core's reasons as errors of the wire; a test walks every row.</summary>
internal static class RefusalErrors
{
    // The same words for what is absent and what is hidden, so that nobody learns which.
    private const string NoAccess = "You do not have sufficient access to perform this action";

    /// <param name="declares">What the operation declares: an error it doesn't declare becomes the nearest it does.</param>
    public static (ApiError Error, string Message) Of(Refusal refusal, Declares declares)
    {
        var (error, message) = Row(refusal.Reason);
        if (error == ApiError.NotFound && !declares.HasFlag(Declares.NotFound))
        {
            return (ApiError.Forbidden, NoAccess);
        }

        if (error == ApiError.Conflict && !declares.HasFlag(Declares.Conflict))
        {
            error = ApiError.BadRequest;
        }

        if (error == ApiError.ResourceLimitExceeded && !declares.HasFlag(Declares.ResourceLimitExceeded))
        {
            error = ApiError.BadRequest;
        }

        // The details of a failing store are for the log.
        return (error, error.Status >= 500 ? message : refusal.Detail ?? message);
    }

    private static (ApiError Error, string Message) Row(Reason reason) => reason switch
    {
        Reason.InvalidInput => (ApiError.BadRequest, "The input is not valid."),
        Reason.BearerUnknown => (
            ApiError.Forbidden,
            "An invalid app instance user ARN was supplied for the x-amz-chime-bearer HTTP header."),
        Reason.AppInstanceUnknown or Reason.ChannelUnknown or Reason.SubChannelUnknown or Reason.NotAllowed => (ApiError.Forbidden, NoAccess),
        Reason.AppInstanceUnknown or Reason.ChannelUnknown or Reason.ResourceUnknown or Reason.NotAllowed => (ApiError.Forbidden, NoAccess),
        Reason.UserUnknown => (ApiError.NotFound, "The app instance user does not exist."),
        Reason.MemberBanned => (ApiError.Forbidden, "The app instance user is banned from the channel."),
        Reason.ModeratorCannotBeBanned => (
            ApiError.Forbidden, "An app instance admin or a moderator of the channel cannot be banned from it."),
        Reason.MemberUnknown => (ApiError.NotFound, "The channel membership does not exist."),
        Reason.ModeratorUnknown => (ApiError.NotFound, "The channel moderator does not exist."),
        Reason.BanUnknown => (ApiError.NotFound, "The channel ban does not exist."),
        Reason.AdminUnknown => (ApiError.NotFound, "The app instance admin does not exist."),
        Reason.MessageUnknown => (ApiError.NotFound, "The channel message does not exist."),
        Reason.FlowUnknown => (ApiError.NotFound, "The channel flow does not exist."),
        Reason.CallbackUnknown => (
            ApiError.Forbidden, "No message of the channel waits for this callback, or it is more than 48 hours old."),
        Reason.MessagePending => (ApiError.Conflict, "The channel flow still holds an update of the message."),
        Reason.FlowAssociated => (ApiError.Conflict, "The channel is associated with a channel flow already."),
        Reason.FlowInUse => (ApiError.Conflict, "The channel flow is still associated with channels."),
        Reason.CallbackAnswered => (ApiError.Conflict, "The callback was answered before, or the message has failed."),
        Reason.BotUnknown => (ApiError.NotFound, "The app instance bot does not exist."),
        Reason.StreamingUnknown => (ApiError.NotFound, "The app instance has no streaming configurations."),
        Reason.EndpointUnknown => (ApiError.NotFound, "The app instance user endpoint does not exist."),
        Reason.StreamUnknown => (ApiError.NotFound, "The stream does not exist."),
        Reason.ShardUnknown => (ApiError.NotFound, "The shard does not exist."),
        Reason.StreamExists => (ApiError.Conflict, "A stream with this name exists already."),
        Reason.UserExists => (ApiError.Conflict, "An app instance user with this id exists already."),
        Reason.ChannelExists => (ApiError.Conflict, "A channel with this id exists already."),
        Reason.MemberExists => (ApiError.Conflict, "The app instance user is a member of the channel already."),
        Reason.ModeratorExists => (ApiError.Conflict, "The app instance user is a moderator of the channel already."),
        Reason.BanExists => (ApiError.Conflict, "The app instance user is banned from the channel already."),
        Reason.AdminExists => (ApiError.Conflict, "The app instance user is an admin of the app instance already."),
        Reason.TokenReused => (
            ApiError.Conflict, "The ClientRequestToken was used before with different parameters."),
        Reason.MessageRedacted => (ApiError.Conflict, "A redacted message cannot be updated."),
        Reason.RoleUnknown => (ApiError.NotFound, "The role does not exist."),
        Reason.RolePolicyUnknown => (ApiError.NotFound, "The role policy does not exist."),
        Reason.RoleExists => (ApiError.Conflict, "A role with this name exists already."),
        Reason.RoleInUse => (ApiError.Conflict, "The role still has policies."),
        Reason.IamEntityUnknown => (ApiError.NotFound, "It does not exist."),
        Reason.IamEntityExists => (ApiError.Conflict, "It exists already."),
        Reason.IamEntityInUse => (ApiError.Conflict, "It is still in use."),
        Reason.PolicyNotOurs => (ApiError.Forbidden, NoAccess),
        Reason.LoginsDiffer => (ApiError.Conflict, "The logins belong to different identities."),
        Reason.FunctionUnknown => (ApiError.NotFound, "The function does not exist."),
        Reason.FunctionExists => (ApiError.Conflict, "A function with this name exists already."),
        Reason.FunctionPermissionUnknown => (ApiError.NotFound, "The function's policy has no such statement."),
        Reason.FunctionPermissionExists => (ApiError.Conflict, "The function's policy has such a statement already."),
        Reason.FunctionRevisionPassed => (ApiError.Conflict, "The function was changed meanwhile."),
        Reason.FunctionEventsFull => (ApiError.Throttled, "Too many invocations wait."),
        Reason.GatewayUnknown => (ApiError.NotFound, "It does not exist."),
        Reason.GatewayExists => (ApiError.Conflict, "It exists already."),
        Reason.GatewayInUse => (ApiError.Conflict, "It is still in use."),
        Reason.QuotaReached => (ApiError.ResourceLimitExceeded, "A resource limit is reached."),
        Reason.Busy => (ApiError.ServiceUnavailable, "The service is busy. Try again."),
        Reason.StoreUnavailable => (ApiError.ServiceUnavailable, "The service cannot store anything at the moment."),
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "A reason without a row."),
    };
}
