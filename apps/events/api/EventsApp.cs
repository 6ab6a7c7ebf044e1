using Carillon.Events.Desk;
using Carillon.Events.Door;
using Carillon.Events.Flow;
using Carillon.Events.Http;
using Carillon.Events.Organise;
using Carillon.Events.SignIn;
using Carillon.Events.TestCard;

namespace Carillon.Events;

/// <summary>Everything below <c>/events/</c>.</summary>
public static class EventsApp
{
    /// <summary>Maps the app. The service stays the caller's, who disposes of it after the server has stopped.</summary>
    public static void MapEvents(this IEndpointRouteBuilder routes, EventsService events)
    {
        var api = new Endpoints(routes, events);
        ShowEndpoints.Map(api);
        DoorEndpoints.Map(api);
        LostCodeEndpoints.Map(api);
        SignInEndpoints.Map(api);
        OrganiseShows.Map(api);
        OrganiseWords.Map(api);
        OrganiseTickets.Map(api);
        OrganiseShopKeys.Map(api);
        OrganiseProgress.Map(api);
        DeskEndpoints.Map(api);
        FlowEndpoint.Map(routes, events);
        EventsPages.Map(routes, events.Options);
        TestCardStream.Map(routes, events.Time);

        // Before the server waits for what is open: pages come back by themselves.
        routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping
            .Register(() =>
            {
                events.Devices.Close();
                events.Desk.Close();
            });
    }
}
