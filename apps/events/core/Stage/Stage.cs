namespace Carillon.Events.Core.Stage;

public enum StageState
{
    None = 0,
    Preparing = 1,

    /// <summary>Channel, flow and roles are there; fans whose tickets are provisioned can chat.</summary>
    Ready = 2,

    /// <summary>The show is over: nobody gets a pass any more.</summary>
    Closed = 3,

    /// <summary>Nothing of it remains on the platform.</summary>
    Cleared = 4,
}

/// <summary>What the platform holds for a show. The provisioner writes it, the door and the desk read it.</summary>
/// <param name="AdminArn">The app's own user, an admin of the app instance and moderator of the channel.</param>
/// <param name="FanRoleArn">Assumed with the tags <c>UserId</c> and <c>device</c>; <see cref="FanPolicy"/> says what it may.</param>
/// <param name="StaffRoleArn">Assumed with the tag <c>UserId</c> by artists and moderators.</param>
/// <param name="ReadyAt">When all will be made, as far as known; microseconds.</param>
public sealed record Stage(
    long Show, StageState State, string? AppInstanceArn, string? AdminArn, string? ChannelArn, bool Elastic, string? FlowArn,
    string? FanRoleArn, string? StaffRoleArn, long? ReadyAt);

public interface IStageView
{
    /// <summary>Null while nothing was begun.</summary>
    Stage? StageOf(long show);
}

public interface IStageLedger : IStageView
{
    void PutStage(Stage stage);

    /// <summary>The ticket's user exists on the platform and is a member; counted. False when it was so already.</summary>
    bool PutProvisioned(long show, long number, string? subChannelId);

    /// <summary>The ticket's user is gone from the platform; counted.</summary>
    bool PutUnprovisioned(long show, long number);
}

/// <summary>
/// Makes a show's stage ready at once, outside the provisioner's usual order. The sample uses it; whoever hosts the app
/// plugs the provisioner in.
/// </summary>
public interface IStageHands
{
    /// <summary>Returns once the stage is asked for, not once it is ready.</summary>
    Task HurryAsync(long show, CancellationToken cancel);
}
