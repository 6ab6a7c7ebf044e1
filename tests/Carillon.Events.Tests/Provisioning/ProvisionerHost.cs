using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Staff;
using Carillon.Events.Core.Stage;
using Carillon.Events.Core.Talk;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Provisioner;
using Carillon.Kit;
using Carillon.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

/// <summary>A real platform whose channels have a processor that lets everything pass, and keeps what it heard.</summary>
public class ProvisionerHost : EventsHost
{
    private const string flowFunction = "pass";

    internal SkippingTime Clock { get; } = new();

    internal override TimeProvider Time => Clock;

    private WebApplication? processor;
    private Uri? processorAddress;

    internal override CarillonOptions Adjust(CarillonOptions options) => options with
    {
        FlowEndpoints = $"{flowFunction}={processorAddress}",
        Quotas = "AppInstances=100000,MembershipsPerChannel=1000000,UsersPerAppInstance=1000000",
    };

    internal ProvisionerOptions Options => new()
    {
        Endpoint = () => Endpoint,
        Region = Region,
        Credentials = () => Platform.Root,
        FlowFunction = flowFunction,
        MembersPerChannel = 1_000_000,
        Idle = TimeSpan.FromMilliseconds(50),
        ArchiveQuiet = TimeSpan.FromSeconds(1),
    };

    public override async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        processor = builder.Build();
        processor.Run(async http =>
        {
            using var json = await JsonDocument.ParseAsync(http.Request.Body);
            var told = json.RootElement.Clone();
            _ = Task.Run(() => PassAsync(told));
            http.Response.StatusCode = 202;
        });
        await processor.StartAsync();
        processorAddress = new Uri(processor.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        await base.InitializeAsync();
    }

    private async Task PassAsync(JsonElement told)
    {
        var message = told.GetProperty("ChannelMessage");
        var (channel, id) = (message.Text("ChannelArn")!, message.Text("MessageId")!);
        await Events.Store.Write(ledger =>
        {
            var show = ledger.SeatedShows().First(s => s.ChannelArn == channel).Key;
            var sender = Hearing.UserIdOf(message.GetProperty("Sender").Text("Arn")!);
            if (ledger.Said(show, id) is null)
            {
                ledger.AddSaid(new Said(
                    0, show, id, told.Text("CallbackId")!, ledger.TicketByUser(sender)?.Number, sender, message.Text("SubChannelId"),
                    message.Text("Content")!, null, ledger.Now, ledger.Now, SaidState.Sent, null, Waits: false, 0, Kept: false));
            }
        });
        var answer = new JsonObject { ["MessageId"] = id };
        if (message.Text("SubChannelId") is { } part) answer["SubChannelId"] = part;
        await Root.ChimeAsync(
            HttpMethod.Post, $"/channels/{Uri.EscapeDataString(channel)}?operation=channel-flow-callback",
            new JsonObject { ["CallbackId"] = told.Text("CallbackId"), ["ChannelMessage"] = answer }, null, default);
    }

    /// <summary>A provisioner in this process, at work.</summary>
    internal async Task<ProvisionerService> Hire(Func<ProvisionerOptions, ProvisionerOptions>? adjust = null)
    {
        var service = new ProvisionerService(
            Events.Store, adjust?.Invoke(Options) ?? Options, Clock, NullLoggerFactory.Instance);
        await service.StartAsync(default);
        return service;
    }

    /// <summary>A published show.</summary>
    internal async Task<Show> NewShow(
        int tickets, string title = "First light", string audience = "one", int staff = 0, double hoursToDoors = 2)
    {
        var doors = Clock.GetUtcNow().AddHours(hoursToDoors);
        var definition = new ShowDefinition
        {
            Title = title,
            DoorsAt = doors,
            StartsAt = doors.AddHours(1),
            EndsAt = doors.AddHours(3),
            Tickets = new TicketPlan(tickets),
            Chat = new ChatRules { Audience = audience },
        };
        var key = await Events.Store.Write(ledger =>
        {
            var id = Ids.New();
            var made = ledger.AddShow(id, id, definition, false);
            for (var i = 0; i < staff; i++)
            {
                var kind = i % 2 == 0 ? StaffKind.Artist : StaffKind.Moderator;
                ledger.AddStaff(made, $"Staff {i}", $"staff {i}", kind, Ids.NewUser(kind == StaffKind.Artist ? "artist-" : "mod-"));
            }

            return made;
        });
        await Sell(key, tickets);
        await Events.Store.Write(ledger => ledger.PutState(key, ShowState.Published));
        return Events.Store.Read(view => view.ShowByKey(key))!;
    }

    internal async Task Sell(long show, int count)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(5_000))
        {
            await Events.Store.Write(ledger =>
            {
                var number = ledger.TakeNumbers(show, chunk.Length);
                foreach (var _ in chunk)
                {
                    ledger.AddTicket(
                        show, number++, Ids.NewUser("t-"), RandomNumberGenerator.GetBytes(32), new NewTicket("standard"), null);
                }
            });
        }
    }

    internal Stage StageOf(Show show) => Events.Store.Read(view => view.StageOf(show.Key))!;

    internal string UserOf(Show show, long ticket) =>
        $"{StageOf(show).AppInstanceArn}/user/{Events.Store.Read(view => view.Ticket(show.Key, ticket))!.UserId}";

    internal static async Task Until(Func<bool> isSo, int seconds = 60)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!isSo()) await Task.Delay(20, patience.Token);
    }

    /// <summary>Says something as the user, through the processor.</summary>
    /// <param name="part">Of an elastic channel.</param>
    internal async Task<string> Say(string channel, string user, string text, string? part = null, string? metadata = null)
    {
        var message = new JsonObject
        {
            ["Content"] = text,
            ["Type"] = "STANDARD",
            ["Persistence"] = "PERSISTENT",
            ["ClientRequestToken"] = Guid.NewGuid().ToString(),
        };
        if (part is not null) message["SubChannelId"] = part;
        if (metadata is not null) message["Metadata"] = metadata;
        var sent = await Root.ChimeAsync(
            HttpMethod.Post, $"/channels/{Uri.EscapeDataString(channel)}/messages", message, user, default);
        return sent.Text("MessageId")!;
    }

    internal async Task<(long Members, long Messages)> Counts(Stage stage)
    {
        var channel = await Root.ChimeAsync(
            HttpMethod.Get, $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}", null, stage.AdminArn, default);
        var counts = channel.GetProperty("x-carillon");
        return (counts.GetProperty("MemberCount").GetInt64(), counts.GetProperty("MessageCount").GetInt64());
    }

    /// <summary>Of the show and its stage there is nothing on the platform, wherever one looks.</summary>
    internal async Task NothingRemains(Show show, Stage stage)
    {
        var app = Uri.EscapeDataString(stage.AppInstanceArn!);
        Assert.DoesNotContain(
            await All("/app-instances?max-results=50", "AppInstances", null), a => a.Text("AppInstanceArn") == stage.AppInstanceArn);
        foreach (var path in (string[])[
            $"/app-instances/{app}", $"/app-instances/{app}/streaming-configurations", $"/app-instances/{app}/admins?max-results=50",
            $"/app-instance-users?app-instance-arn={app}&max-results=50", $"/channel-flows?app-instance-arn={app}&max-results=50",
            $"/channel-flows/{Uri.EscapeDataString(stage.FlowArn!)}"])
        {
            var refused = await Assert.ThrowsAsync<PlatformException>(() => Root.ChimeAsync(HttpMethod.Get, path, null, null, default));
            Assert.True(refused.Code is "NotFoundException" or "ForbiddenException", $"{path}: {refused.Message}");
        }

        foreach (var path in (string[])[
            $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}", $"/channels?app-instance-arn={app}&max-results=50"])
            await Assert.ThrowsAsync<PlatformException>(() => Root.ChimeAsync(HttpMethod.Get, path, null, stage.AdminArn, default));
        var roles = (await Root.IamAsync("ListRoles", new Dictionary<string, string> { ["MaxItems"] = "1000" }, default)).ToString();
        Assert.DoesNotContain(show.Id, roles, StringComparison.Ordinal);
        var streams = await Root.KinesisAsync("ListStreams", new JsonObject { ["Limit"] = 10_000 }, default);
        Assert.DoesNotContain(
            streams.GetProperty("StreamNames").EnumerateArray(), s => s.GetString()!.Contains(show.Id, StringComparison.Ordinal));
    }

    /// <summary>A list of the platform, to its end.</summary>
    internal async Task<List<JsonElement>> All(string path, string list, string? bearer)
    {
        var items = new List<JsonElement>();
        string? next = null;
        do
        {
            var page = await Root.ChimeAsync(
                HttpMethod.Get, next is null ? path : $"{path}&next-token={Uri.EscapeDataString(next)}", null, bearer, default);
            items.AddRange(page.GetProperty(list).EnumerateArray());
            next = page.Text("NextToken");
        } while (!string.IsNullOrEmpty(next));
        return items;
    }

    internal async Task<long> Users(Stage stage)
    {
        var app = await Root.ChimeAsync(HttpMethod.Get, $"/app-instances/{Uri.EscapeDataString(stage.AppInstanceArn!)}", null, null, default);
        return app.GetProperty("x-carillon").GetProperty("UserCount").GetInt64();
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await base.DisposeAsync();
        await processor!.StopAsync();
        await processor.DisposeAsync();
    }
}

/// <summary>The system's time, some of which a test may pass over.</summary>
internal sealed class SkippingTime : TimeProvider
{
    private long skipped;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref skipped));

    public void Skip(TimeSpan span) => Interlocked.Add(ref skipped, span.Ticks);
}
