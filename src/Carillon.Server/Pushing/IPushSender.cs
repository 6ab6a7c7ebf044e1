using Carillon.Core.Pushing;

namespace Carillon.Server.Pushing;

internal enum PushOutcome
{
    /// <summary>The other side answers for the batch now.</summary>
    Taken,

    /// <summary>The other side is well and does not take this batch.</summary>
    Refused,

    /// <summary>Nobody is there, or nobody who can work: other batches would fare the same.</summary>
    Down,
}

/// <param name="Invalid">Of a batch that was taken: endpoints in it that no push can reach any more.</param>
/// <param name="Why">Of one that was not: fit for a log, without content.</param>
internal sealed record PushAnswer(
    PushOutcome Outcome, IReadOnlyList<(UserEndpoint Endpoint, EndpointState State)> Invalid, string Why)
{
    public static PushAnswer Taken(IReadOnlyList<(UserEndpoint Endpoint, EndpointState State)> invalid) =>
        new(PushOutcome.Taken, invalid, "");

    public static PushAnswer Refused(string why) => new(PushOutcome.Refused, [], why);

    public static PushAnswer Down(string why) => new(PushOutcome.Down, [], why);
}

/// <summary>Carries pushes to the services that reach devices.</summary>
internal interface IPushSender
{
    /// <summary>Hands a batch over and returns once it is taken or will not be.</summary>
    /// <param name="batch">With at least one recipient. The same one may come again: after a restart, or a lost answer.</param>
    /// <exception cref="OperationCanceledException">The caller's token; whether it was taken is unknown.</exception>
    Task<PushAnswer> Send(PushBatch batch, CancellationToken cancellation);
}
