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
public sealed class ProvisionerHost : EventsHost
{
    private const string flowFunction = "pass";

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
        await Root.ChimeAsync(
            HttpMethod.Post, $"/channels/{Uri.EscapeDataString(channel)}?operation=channel-flow-callback",
            new JsonObject { ["CallbackId"] = told.Text("CallbackId"), ["ChannelMessage"] = new JsonObject { ["MessageId"] = id } }, null,
            default);
    }

    /// <summary>A provisioner in this process, at work.</summary>
    internal async Task<ProvisionerService> Hire(Func<ProvisionerOptions, ProvisionerOptions>? adjust = null)
    {
        var service = new ProvisionerService(
            Events.Store, adjust?.Invoke(Options) ?? Options, TimeProvider.System, NullLoggerFactory.Instance);
        await service.StartAsync(default);
        return service;
    }

    /// <summary>A published show.</summary>
    internal async Task<Show> NewShow(int tickets, string title = "First light", string audience = "one", int staff = 0)
    {
        var doors = DateTimeOffset.UtcNow.AddHours(2);
        var definition = new ShowDefinition
        {
            Title = title, DoorsAt = doors, StartsAt = doors.AddHours(1), EndsAt = doors.AddHours(3),
            Tickets = new TicketPlan(tickets), Chat = new ChatRules { Audience = audience },
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
    internal async Task<string> Say(string channel, string user, string text, string? metadata = null)
    {
        var sent = await Root.ChimeAsync(
            HttpMethod.Post, $"/channels/{Uri.EscapeDataString(channel)}/messages",
            new JsonObject
            {
                ["Content"] = text, ["Type"] = "STANDARD", ["Persistence"] = "PERSISTENT", ["ClientRequestToken"] = Guid.NewGuid().ToString(),
                ["Metadata"] = metadata,
            },
            user, default);
        return sent.Text("MessageId")!;
    }

    internal async Task<(long Members, long Messages)> Counts(Stage stage)
    {
        var channel = await Root.ChimeAsync(
            HttpMethod.Get, $"/channels/{Uri.EscapeDataString(stage.ChannelArn!)}", null, stage.AdminArn, default);
        var counts = channel.GetProperty("x-carillon");
        return (counts.GetProperty("MemberCount").GetInt64(), counts.GetProperty("MessageCount").GetInt64());
    }

    internal async Task<long> Users(Stage stage)
    {
        var app = await Root.ChimeAsync(HttpMethod.Get, $"/app-instances/{Uri.EscapeDataString(stage.AppInstanceArn!)}", null, null, default);
        return app.GetProperty("x-carillon").GetProperty("UserCount").GetInt64();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await processor!.StopAsync();
        await processor.DisposeAsync();
    }
}
