using System.Text.Json.Nodes;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Stage;

namespace Carillon.Events.Provisioner.Stage;

using Core = Carillon.Events.Core.Stage;

/// <summary>The stage, from the app instance to the channel.</summary>
internal sealed partial class StageWork
{
    /// <summary>Memberships that are left for the app itself, artists and moderators. Ours.</summary>
    private const int staffRoom = 50;

    private const string flowName = "rules";

    private Task<Went> MakeAsync(Doing at) => IsPointless(at) ? Task.FromResult(Abandon(at)) : at.Hand.Step switch
    {
        0 => AppInstanceAsync(at),
        1 => AdminAsync(at),
        2 => RolesAsync(at),
        3 => StreamAsync(at),
        4 => FlowAsync(at),
        5 => ChannelAsync(at),
        _ => ReadyAsync(at),
    };

    /// <summary>The show ended before it had a channel: nothing was said, and nobody needs the rest.</summary>
    private static bool IsPointless(Doing at) => at.Show.State >= ShowState.Ended && at.Stage.ChannelArn is null;

    /// <summary>What was begun is removed, whatever has become of it; where nothing was, nothing is left.</summary>
    private static Went Abandon(Doing at) => at.Stage.State == Core.StageState.None
        ? new(HandJob.Cleared, 0, 0, at.Stage with { State = Core.StageState.Cleared })
        : new(HandJob.Clearing, 0, 0, at.Stage with { State = Core.StageState.Closed });

    private async Task<Went> AppInstanceAsync(Doing at)
    {
        // Without a chat there is nothing to make; it may be switched on later.
        if (!at.Show.Definition.Chat.Enabled || at.Show.State == ShowState.Draft) return Again(at, Now + 60 * second);
        // From here on there may be one, even where nobody hears of it: the show cannot be forgotten any more.
        if (!await store.Write(ledger => ledger.BeginStage(at.Hand.Show, owner))) return Again(at, 0);
        return Next(at, at.Stage with
        {
            State = Core.StageState.Preparing,
            AppInstanceArn = await at.Calls.AppInstanceAsync(at.Name),
        });
    }

    private static async Task<Went> AdminAsync(Doing at)
    {
        var admin = await at.Calls.UserAsync(at.Stage.AppInstanceArn!, StageCalls.AdminId, "Event");
        await at.Calls.AdminAsync(at.Stage.AppInstanceArn!, admin);
        return Next(at, at.Stage with { AdminArn = admin });
    }

    private async Task<Went> RolesAsync(Doing at)
    {
        var account = await platform.AccountAsync(at.Cancel);
        var trust = FanPolicy.Trust(account);
        var app = at.Stage.AppInstanceArn!;
        return Next(at, at.Stage with
        {
            FanRoleArn = await at.Calls.RoleAsync(account, at.FanRole, trust, FanPolicy.OfFans(app)),
            StaffRoleArn = await at.Calls.RoleAsync(account, at.StaffRole, trust, FanPolicy.OfStaff(app)),
        });
    }

    /// <summary>Before the channel, so that the archive misses nothing.</summary>
    private async Task<Went> StreamAsync(Doing at)
    {
        var name = at.StreamName;
        if (await at.Calls.StreamAsync(name) is not { } arn) return Again(at, Now + second);
        await at.Calls.StreamingAsync(at.Stage.AppInstanceArn!, arn);
        return Next(at, at.Stage, name);
    }

    private async Task<Went> FlowAsync(Doing at) => Next(at, at.Stage with
    {
        FlowArn = await at.Calls.FlowAsync(
            at.Stage.AppInstanceArn!, flowName,
            $"arn:aws:lambda:{platform.Options.Region}:{await platform.AccountAsync(at.Cancel)}:function:{platform.Options.FlowFunction}"),
    });

    private async Task<Went> ChannelAsync(Doing at)
    {
        var options = platform.Options;
        var people = Math.Max(at.Show.Definition.Tickets.Planned, store.Read(view => view.CountsOf(at.Hand.Show).All)) + staffRoom;
        // Rules of ours: room for half as many again, and parts that shrink to two fifths before they are merged.
        var count = (int)Math.Clamp(people * 3 / 2 / options.MembersPerPart + 1, 2, options.PartsPerChannel);
        var elastic = at.Show.Definition.Chat.Audience == "parts" || people > options.MembersPerChannel
            ? new JsonObject
            {
                ["MaximumSubChannels"] = count,
                ["TargetMembershipsPerSubChannel"] = (int)Math.Max(options.MembersPerPart, people * 3 / 2 / count + 1),
                ["MinimumMembershipPercentage"] = 40,
            }
            : null;
        var (app, admin) = (at.Stage.AppInstanceArn!, at.Stage.AdminArn!);
        var name = at.Show.Definition.Title is { Length: > 0 } title ? title[..Math.Min(title.Length, 200)] : at.Show.Id;
        var channel = await at.Calls.ChannelAsync(app, admin, name, elastic);
        await at.Calls.AssociateAsync(channel, at.Stage.FlowArn!, admin);
        return Next(at, at.Stage with { ChannelArn = channel, Elastic = elastic is not null });
    }

    private static Task<Went> ReadyAsync(Doing at) => Task.FromResult(
        new Went(HandJob.Standing, 0, 0, at.Stage with { State = Core.StageState.Ready }));
}
