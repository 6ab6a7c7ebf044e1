namespace Carillon.Server.Gateway;

/// <summary>What clients say: each message to its route, and what comes of it to its client.</summary>
internal sealed class GatewayMessages(GatewayHub hub, CancellationToken stopping)
{
    // AWS leaves the text of a throttled message open; this is that of its refused handshakes.
    private const string Throttled = "Too Many Requests";

    /// <summary>Handles a message to its end. Does not throw.</summary>
    public async Task Handle(GatewayConnection connection, byte[] message)
    {
        var began = hub.Time.GetTimestamp();
        var what = new GatewayEvent(connection.Peer, GatewayEventType.Message, CompiledStage.Default, hub.Time.GetUtcNow()) { Body = message };
        var traced = new TracedEvent(TracedKind.Message, what.At.ToUnixTimeMilliseconds(), connection.Peer.Id, what.RequestId);
        try
        {
            var stage = connection.Stage.Compiled;
            var selected = stage?.Select(message) ?? default;
            if (selected.Route is not { } route)
            {
                traced = Refused(connection, what, traced with { Reason = TracedReason.None }, TracedOutcome.NoRoute, 403, "Forbidden");
            }
            else
            {
                what = what with { RouteKey = route.Key };
                traced = traced with { RouteKey = route.Key, Target = route.Definition.Target, Reason = selected.Reason };
                traced = route.Rate is { } rate && !hub.TryTake(rate, BucketOf(connection))
                    ? Refused(connection, what, traced, TracedOutcome.Throttled, 429, Throttled)
                    : route.Models?.Allows(message) == false
                    ? Refused(connection, what, traced, TracedOutcome.NotValid, 400, "Bad request body", namesMessage: true)
                    : route.Integration is { } integration
                    ? Answered(connection, what, traced, route, await integration.Run(what, stopping))
                    : traced with { Status = 200 };
            }

            traced = traced with { Expression = stage?.Expression, Selected = selected.Key };
        }
        catch (OperationCanceledException)
        {
            // The server is shutting down; the connection has ended.
            return;
        }
#pragma warning disable CA1031 // The last resort of a message: logged, and its client is told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            hub.Failed(e, connection.Peer.Api, what.RouteKey);
            traced = Refused(connection, what, traced, TracedOutcome.Failed, 500, IntegrationOutcome.Malformed.Words());
        }

        connection.Stage.Trace.Add(traced with { Took = hub.Time.GetElapsedTime(began) });
    }

    private TracedEvent Answered(
        GatewayConnection connection, GatewayEvent what, TracedEvent traced, CompiledRoute route, IntegrationResult result)
    {
        if (result.Outcome != IntegrationOutcome.Answered)
        {
            return Refused(connection, what, traced, result.Outcome.Traced(), result.Outcome.Status(), result.Outcome.Words());
        }

        if (route.IsTwoWay && !result.Body.IsEmpty)
        {
            hub.Answer(connection, result.Body);
        }

        return traced with { Status = result.Status };
    }

    private TracedEvent Refused(
        GatewayConnection connection, GatewayEvent what, TracedEvent traced, TracedOutcome outcome, int status, string message,
        bool namesMessage = false)
    {
        hub.Answer(connection, what.ErrorFrame(message, namesMessage));
        return traced with { Outcome = outcome, Status = status, Error = message };
    }

    public void RefuseThrottled(GatewayConnection connection)
    {
        var what = new GatewayEvent(connection.Peer, GatewayEventType.Message, CompiledStage.Default, hub.Time.GetUtcNow());
        var traced = new TracedEvent(TracedKind.Message, what.At.ToUnixTimeMilliseconds(), connection.Peer.Id, what.RequestId);
        connection.Stage.Trace.Add(Refused(connection, what, traced, TracedOutcome.Throttled, 429, Throttled));
    }

    private static string BucketOf(GatewayConnection connection) => $"{connection.Peer.Api}/{connection.Peer.Stage}";
}
