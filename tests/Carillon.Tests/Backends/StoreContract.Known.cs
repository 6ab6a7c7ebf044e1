using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    [Fact]
    public async Task A_send_knows_every_change_before_it()
    {
        var (stage, channel, ada) = await Room(Begin());
        var app = stage.Read(view => view.FindApp(channel.AppId)!);
        var bob = await stage.MakeUser(app, "bob");
        Task Ban() => stage.Write(ledger => Bans.Create(ledger, ada.Address, channel.Address, bob.Address));
        async Task Says(string content)
        {
            // The second time all of it is known.
            await stage.Send(channel, bob, content);
            await stage.Send(channel, bob, content);
        }

        Assert.Equal(Reason.NotAllowed, await Refused(stage.Send(channel, bob, "not yet")));
        await stage.Join(channel, ada, bob);
        await Says("in");
        await stage.Write(ledger => Users.Update(ledger, bob.Address, "Robert", null));
        await Says("renamed");
        await Ban();
        Assert.Equal(Reason.NotAllowed, await Refused(stage.Send(channel, bob, "banned")));
        await stage.Write(ledger => Bans.Delete(ledger, ada.Address, channel.Address, bob.Address));
        await stage.Join(channel, ada, bob, hidden: true);
        Assert.Equal(Reason.NotAllowed, await Refused(stage.Send(channel, bob, "hidden")));
        await stage.Write(ledger => Users.Delete(ledger, bob.Address));
        Assert.Equal(Reason.BearerUnknown, await Refused(stage.Send(channel, bob, "gone")));
        await stage.Send(channel, ada, "still here");
        await stage.Write(ledger => Channels.Delete(ledger, ada.Address, channel.Address));
        Assert.Equal(Reason.ChannelUnknown, await Refused(stage.Send(channel, ada, "nowhere")));

        var said = stage.Bus.All.OfType<MessageCreated>().Select(e => (e.Message.Content, e.Actor!.Name));
        Assert.Equal(
            [("in", "name of bob"), ("in", "name of bob"), ("renamed", "Robert"), ("renamed", "Robert"), ("still here", "name of ada")],
            said);
    }

    [Fact]
    public async Task What_was_read_of_a_change_that_is_undone_is_not_known_afterwards()
    {
        var (stage, channel, ada) = await Room(Begin());
        var app = stage.Read(view => view.FindApp(channel.AppId)!);
        var bob = await stage.MakeUser(app, "bob");
        await stage.Join(channel, ada, bob);
        await stage.Send(channel, bob, "first");

        await Assert.ThrowsAsync<InvalidOperationException>(() => stage.Write(ledger =>
        {
            Bans.Create(ledger, ada.Address, channel.Address, bob.Address);
            Assert.Throws<Refusal>(() => stage.Say(ledger, channel, bob, "banned"));
            stage.Say(ledger, channel, ada, "lost");
            throw new InvalidOperationException();
        }));

        await stage.Send(channel, bob, "second");
        Assert.Equal(["first", "second"], stage.History(channel, ada).Select(m => m.Content));
        stage.Look(Checked);
    }
}
