using System.Globalization;
using System.Text.Json.Nodes;
using Carillon.Events.Core.Staff;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Tickets;
using Carillon.Kit;

namespace Carillon.Events.Door;

/// <summary>Credentials for the chat, for as short a time as AWS gives any.</summary>
internal sealed record ChatPass(
    ChatCredentials Credentials, DateTimeOffset Expiration, string UserArn, string ChannelArn, string? SubChannelId);

/// <remarks>Printing it shows nothing of the secret.</remarks>
internal sealed record ChatCredentials(string AccessKeyId, string SecretAccessKey, string SessionToken)
{
    public override string ToString() => $"{nameof(ChatCredentials)} {AccessKeyId}";
}

/// <summary>Lets a fan or somebody of the staff speak to the platform as themselves and nobody else.</summary>
internal sealed class ChatPasses(EventsService events)
{
    /// <summary>STS's least. On AWS it is also how long an old device's credentials live at most.</summary>
    private static readonly TimeSpan life = TimeSpan.FromMinutes(15);

    /// <exception cref="PlatformException">The platform refused.</exception>
    public async Task<ChatPass> OfFanAsync(Stage stage, Ticket ticket, CancellationToken cancel)
    {
        // Before the credentials: they are worth nothing until the user carries their device.
        await events.Users.SyncAsync(stage, ticket, cancel);
        return await AssumeAsync(
            stage, stage.FanRoleArn!, ticket.UserId, ticket.SubChannelId,
            [(FanPolicy.UserTag, ticket.UserId), (FanPolicy.DeviceTag, ticket.DeviceTag)], cancel);
    }

    public Task<ChatPass> OfStaffAsync(Stage stage, StaffMember member, CancellationToken cancel) => AssumeAsync(
        stage, stage.StaffRoleArn!, member.UserId, null, [(FanPolicy.UserTag, member.UserId)], cancel);

    private async Task<ChatPass> AssumeAsync(
        Stage stage, string role, string userId, string? subChannelId, (string Key, string Value)[] tags, CancellationToken cancel)
    {
        var parameters = new Dictionary<string, string>
        {
            ["RoleArn"] = role,
            ["RoleSessionName"] = userId,
            ["DurationSeconds"] = ((int)life.TotalSeconds).ToString(CultureInfo.InvariantCulture),
        };
        for (var i = 0; i < tags.Length; i++)
        {
            parameters[$"Tags.member.{i + 1}.Key"] = tags[i].Key;
            parameters[$"Tags.member.{i + 1}.Value"] = tags[i].Value;
        }

        var answer = await events.Platform().StsAsync("AssumeRole", parameters, cancel);
        return new ChatPass(
            new ChatCredentials(Must("AccessKeyId"), Must("SecretAccessKey"), Must("SessionToken")),
            DateTimeOffset.Parse(Must("Expiration"), CultureInfo.InvariantCulture), $"{stage.AppInstanceArn}/user/{userId}",
            stage.ChannelArn!, subChannelId);

        string Must(string name) => answer.Text(name)
            ?? throw new PlatformException(System.Net.HttpStatusCode.OK, "NotAnAnswer", $"no {name}");
    }
}

/// <summary>
/// Keeps the platform's users as tickets are: tagged with the device that may speak, named as the fan is. What is due lies
/// in the database, so it is done however often the process ends in between.
/// </summary>
internal sealed class UserSync : IAsyncDisposable
{
    /// <summary>How long after a failure, or without being woken, it looks again. Our choice.</summary>
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(5);

    private const int together = 16;

    private readonly EventsService events;
    private readonly ILogger log;
    private readonly SemaphoreSlim[] lanes = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim bell = new(0, 1);
    private readonly Task running;

    public UserSync(EventsService events)
    {
        this.events = events;
        log = events.Logs.CreateLogger("Carillon.Events");
        running = Task.Run(RunAsync);
    }

    /// <summary>Something may be due.</summary>
    public void Wake()
    {
        try
        {
            bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already.
        }
    }

    /// <summary>
    /// Tells the platform of one ticket, where it does not know yet. One at a time for each ticket: of two that told it of
    /// two devices, the later would be kept there and the earlier here.
    /// </summary>
    /// <exception cref="PlatformException">The platform refused.</exception>
    public async Task SyncAsync(Stage stage, Ticket ticket, CancellationToken cancel)
    {
        if (ticket.PlatformTag == ticket.DeviceTag && ticket.PlatformName == ticket.Nickname) return;
        var lane = lanes[(uint)HashCode.Combine(ticket.Show, ticket.Number) % lanes.Length];
        await lane.WaitAsync(cancel);
        try
        {
            // Whoever was here before may have told it, and another device may have come since.
            if (events.Store.Read(view => view.Ticket(ticket.Show, ticket.Number)) is { } now) await TellAsync(stage, now, cancel);
        }
        finally
        {
            lane.Release();
        }
    }

    private async Task TellAsync(Stage stage, Ticket ticket, CancellationToken cancel)
    {
        var (tag, name) = (ticket.DeviceTag, ticket.Nickname);
        var (newTag, newName) = (ticket.PlatformTag == tag ? null : tag, ticket.PlatformName == name ? null : name);
        if (newTag is null && newName is null) return;
        var user = $"{stage.AppInstanceArn}/user/{ticket.UserId}";
        var platform = events.Platform();
        if (newTag is not null)
        {
            await platform.ChimeAsync(HttpMethod.Post, "/tags?operation=tag-resource", new JsonObject
            {
                ["ResourceARN"] = user,
                ["Tags"] = new JsonArray(new JsonObject { ["Key"] = FanPolicy.DeviceTag, ["Value"] = newTag }),
            }, null, cancel);
        }

        if (newName is not null)
        {
            await platform.ChimeAsync(HttpMethod.Put, $"/app-instance-users/{Uri.EscapeDataString(user)}", new JsonObject
            {
                ["Name"] = newName,
                ["Metadata"] = "",
            }, null, cancel);
        }

        var overtaken = await events.Store.Write(ledger =>
        {
            ledger.PutSynced(ticket.Show, ticket.Number, newTag, newName);
            return ledger.Ticket(ticket.Show, ticket.Number)?.NeedsSync == true;
        });
        if (overtaken) Wake();
    }

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await running;
        ending.Dispose();
        bell.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(pause, events.Time);
        var tick = timer.WaitForNextTickAsync(ending.Token).AsTask();
        var rung = bell.WaitAsync(ending.Token);
        try
        {
            while (true)
            {
                await Task.WhenAny(tick, rung);
                ending.Token.ThrowIfCancellationRequested();
                if (tick.IsCompleted) tick = timer.WaitForNextTickAsync(ending.Token).AsTask();
                if (rung.IsCompleted) rung = bell.WaitAsync(ending.Token);
                await Turns.TryAsync(log, "Telling the platform of devices and names", WorkOffAsync, ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // What is left is found at the next start.
        }
    }

    private async Task WorkOffAsync()
    {
        while (events.Store.Read(view => view.TicketsOutOfDate(together)) is { Count: > 0 } due)
        {
            var failed = 0;
            await Parallel.ForEachAsync(due, ending.Token, async (ticket, cancel) =>
            {
                if (!await TryAsync(ticket, cancel)) Interlocked.Increment(ref failed);
            });
            if (failed > 0) return;
        }
    }

    private async Task<bool> TryAsync(Ticket ticket, CancellationToken cancel)
    {
        try
        {
            var stage = events.Store.Read(view => view.StageOf(ticket.Show));
            if (stage?.State is StageState.Ready or StageState.Closed && ticket.NeedsSync) await SyncAsync(stage, ticket, cancel);
            // Nothing to tell, or nobody there to be told: the row goes.
            else await events.Store.Write(ledger => ledger.DeleteSync(ticket.Show, ticket.Number));
            return true;
        }
        catch (PlatformException gone) when (gone.Status is System.Net.HttpStatusCode.NotFound)
        {
            await events.Store.Write(ledger => ledger.DeleteSync(ticket.Show, ticket.Number));
            return true;
        }
        catch (Exception fault) when (fault is PlatformException or HttpRequestException
            || (fault is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            UserSyncLog.NotTold(log, fault.Message);
            return false;
        }
    }
}

internal static partial class UserSyncLog
{
    [LoggerMessage(5002, LogLevel.Warning, "The platform was not told of a device or name yet; it will be tried again: {Reason}")]
    public static partial void NotTold(ILogger log, string reason);
}
