using Carillon.Events.Core;

namespace Carillon.Events.Http;

/// <summary>Which status each reason has.</summary>
internal static class Refusals
{
    public static int StatusOf(Reason reason) => reason switch
    {
        Reason.BadRequest or Reason.NicknameRefused => 400,
        Reason.SignInNeeded or Reason.NotEntered => 401,
        Reason.ForeignOrigin or Reason.NotYours or Reason.Revoked or Reason.Banned or Reason.SignInUsed
            or Reason.SignInExpired or Reason.SignInInvalid or Reason.LinkInvalid or Reason.LinkUsed or Reason.LinkExpired => 403,
        Reason.NotFound or Reason.UnknownCode => 404,
        Reason.OnAnotherDevice or Reason.NicknameTaken or Reason.NicknameNeeded or Reason.Changed or Reason.WrongState
            or Reason.ChatOff or Reason.LettersOff => 409,
        Reason.Ended => 410,
        Reason.ChatPreparing => 425,
        Reason.TooMany => 429,
        Reason.ChatUnavailable or Reason.Unavailable => 503,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
