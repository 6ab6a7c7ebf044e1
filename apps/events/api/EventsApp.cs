using Carillon.Events.Door;
using Carillon.Events.Http;

namespace Carillon.Events;

/// <summary>Everything below <c>/events/</c>.</summary>
public static class EventsApp
{
    /// <summary>Maps the app. The service stays the caller's, who disposes of it after the server has stopped.</summary>
    public static void MapEvents(this IEndpointRouteBuilder routes, EventsService events)
    {
        var api = new Endpoints(routes, events);
        ShowEndpoints.Map(api);
    }
}
