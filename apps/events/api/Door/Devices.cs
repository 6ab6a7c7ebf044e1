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

    /// <summary>
    /// The browser's secret, where some ticket goes by it, and else a new one: what somebody planted in its cookies gives them
    /// nothing.
    /// </summary>
    public static (string Secret, byte[] Hash) SecretFor(EventsCall call)
    {
        if (Cookies.Read(call.Http, CookieName) is { } known && Ids.HashOf(known) is var hash && call.Store.Read(view => view.IsDevice(hash)))
            return (known, hash);
        var secret = Ids.NewSecret();
        return (secret, Ids.HashOf(secret));
    }

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
