using Carillon.Events.Core;

namespace Carillon.Events.Door;

/// <summary>Why a device's socket is closed, as its page understands it.</summary>
internal static class DeviceClose
{
    /// <summary>Another device has the ticket: do not come back by yourself.</summary>
    public const int Moved = 4003;

    /// <summary>The ticket has to be entered again.</summary>
    public const int EnterAgain = 4401;

    public const int Banned = 4403;

    public const int Ended = 4410;

    /// <summary>It read too slowly, or no place is left: come back after a while.</summary>
    public const int TryLater = 1013;

    /// <summary>It said what no page says, or far too much.</summary>
    public const int TooMuch = 1008;

    public const int GoingAway = 1001;

    /// <summary>How a page is told of a refusal that trying again does not change; null for others.</summary>
    public static int? Of(Reason reason) => reason switch
    {
        Reason.OnAnotherDevice => Moved,
        Reason.NotEntered => EnterAgain,
        Reason.Banned or Reason.Revoked => Banned,
        _ => null,
    };
}
