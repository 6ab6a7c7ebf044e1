using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Http;

namespace Carillon.Events.Door;

/// <summary>The browser of a request: one secret a browser, so that its tabs are one device.</summary>
internal static class Devices
{
    public const string CookieName = "carillon-events-device";

    /// <summary>Our choice: longer than between buying a ticket and the show.</summary>
    private static readonly TimeSpan life = TimeSpan.FromDays(180);

    /// <summary>Null while this browser has none.</summary>
    public static byte[]? HashOf(EventsCall call) =>
        Cookies.Read(call.Http, CookieName) is { } secret ? Ids.HashOf(secret) : null;

    /// <summary>The browser goes by this from now on.</summary>
    public static void Keep(EventsCall call, string secret) => Cookies.Write(call.Http, CookieName, secret, life);

    /// <summary>The show of the address and the ticket that this browser has for it.</summary>
    /// <exception cref="Refused">NotFound, NotEntered, OnAnotherDevice.</exception>
    public static (Show Show, Ticket Ticket) MustHaveEntered(EventsCall call)
    {
        var hash = HashOf(call);
        return call.Store.Read(view =>
        {
            var show = view.ShowBySlug(call.Route("slug")) ?? throw new Refused(Reason.NotFound);
            return (show, Core.Tickets.Door.Of(view, show, hash));
        });
    }
}
