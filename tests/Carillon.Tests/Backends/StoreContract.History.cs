using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Backends;

public abstract partial class StoreContract
{
    internal sealed record Asked(bool Ascending, int? NotBefore, int? NotAfter, int Size, int Reader);

    private static readonly Gen<Asked> asked =
        from rising in Gen.Elements(true, false)
        from notBefore in Bound()
        from notAfter in Bound()
        from size in Gen.Choose(1, 12)
        from reader in Gen.Choose(0, 2)
        select new Asked(rising, notBefore, notAfter, size, reader);

    // Microseconds after the first message; messages stand 0 to 3 ms apart.
    private static Gen<int?> Bound() => Gen.OneOf(
        Gen.Constant((int?)null), Gen.Choose(-3, 130).Select(ms => (int?)(ms * 1000)), Gen.Choose(-3000, 130_000).Select(us => (int?)us));

    [Fact]
    public async Task History_is_what_a_naive_filter_finds()
    {
        var stage = Begin();
        var app = await stage.MakeApp();
        Person[] people = [await stage.MakeUser(app, "ada"), await stage.MakeUser(app, "bob"), await stage.MakeUser(app, "eve")];
        await stage.Write(ledger => ledger.AddAdmin(app.Key, people[0]));
        var channel = await stage.MakeChannel(people[0], "room", people[1], people[2]);
        var other = await stage.MakeChannel(people[0], "other");
        var all = await Fill(stage, channel, other, people);
        var start = all[0].Created;

        Prop.ForAll(asked.ToArbitrary(), ask =>
        {
            Instant? At(int? microseconds) => microseconds is { } us ? new Instant(start.Microseconds + us) : null;
            var (from, to, reader) = (At(ask.NotBefore), At(ask.NotAfter), people[ask.Reader]);
            var expected = all
                .Where(m => (from is null || m.Created >= from) && (to is null || m.Created <= to) && m.IsFor(reader.Key))
                .Select(m => m.Id);
            Assert.Equal(
                ask.Ascending ? expected : expected.Reverse(),
                Walk(stage, channel, reader, new(ask.Ascending, from, to), ask.Size).Select(m => m.Id));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
    }

    /// <summary>Messages at equal and at rising times, some for one pair of eyes, some edited, redacted or deleted since.</summary>
    private static async Task<List<Message>> Fill(Stage stage, Channel channel, Channel other, Person[] people)
    {
        var ids = new List<string>();
        for (var i = 0; i < 80; i++)
        {
            var target = i % 6 == 5 ? people[i % 3] : null;
            ids.Add(await stage.Send(channel, people[(i + 1) % 3], $"{i}", target: target));
            stage.Clock.Pass(TimeSpan.FromMilliseconds(i * 7 % 4));
            if (i % 9 == 0)
            {
                await stage.Send(other, people[0], "elsewhere");
                await stage.Write(l => Channels.Update(l, people[0].Address, channel.Address, $"name {i}", null, null));
            }
        }

        foreach (var id in ids.Where((_, i) => i % 10 == 3))
        {
            await stage.Write(l => Editing.Redact(l, people[0].Address, channel.Address, id));
        }

        foreach (var id in ids.Where((_, i) => i % 10 == 4))
        {
            await stage.Write(l => Editing.Delete(l, people[0].Address, channel.Address, id));
        }

        return [.. ids.Select(id => stage.Read(view => view.FindMessage(channel.Key, id))).OfType<Message>()];
    }

    private static List<Message> Walk(Stage stage, Channel channel, Person reader, HistoryRange range, int size)
    {
        var found = new List<Message>();
        long? after = null;
        do
        {
            var page = stage.Read(view => view.ListMessages(channel.Key, reader.Key, range, size, after));
            Assert.InRange(page.Items.Count, 0, size);
            found.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return found;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pages_neither_repeat_nor_leave_out_while_rows_arrive(bool ascending)
    {
        var (stage, channel, ada) = await Room(Begin());
        for (var i = 0; i < 30; i++)
        {
            await stage.Send(channel, ada, $"{i}");
        }

        var found = new List<string>();
        long? after = null;
        var next = 30;
        do
        {
            var page = stage.Read(view => view.ListMessages(channel.Key, ada.Key, new(ascending, null, null), 7, after));
            found.AddRange(page.Items.Select(m => m.Content!));
            after = page.Next;
            if (next < 40)
            {
                await stage.Send(channel, ada, $"{next++}");
                await stage.Send(channel, ada, $"{next++}");
            }
        }
        while (after is not null);

        Assert.Equal(
            ascending ? Enumerable.Range(0, 40).Select(i => $"{i}") : Enumerable.Range(0, 30).Reverse().Select(i => $"{i}"),
            found);
    }

    [Fact]
    public async Task A_page_and_a_send_cost_the_same_whatever_lies_before()
    {
        var (stage, channel, ada) = await Room(Begin());
        for (var i = 0; i < 10; i++)
        {
            await stage.Send(channel, ada, $"{i}");
        }

        var young = await Costs(stage, channel, ada);
        await stage.Write(ledger => Enumerable.Range(0, 20_000).Select(i => stage.Say(ledger, channel, ada, $"{i}")).Count());
        var old = await Costs(stage, channel, ada);

        Assert.Equal(young, old);
        Assert.InRange(old.Send, 1, 15);
        Assert.Equal(1, old.FirstPage);
    }

    private static async Task<(long Send, long FirstPage, long LaterPage, long Find)> Costs(Stage stage, Channel channel, Person ada)
    {
        async Task<long> Count(Func<Task> work)
        {
            var before = stage.Database.Statements;
            await work();
            return stage.Database.Statements - before;
        }

        var id = await stage.Send(channel, ada, "warm");
        var range = new HistoryRange(false, null, null);
        long Page(long? after) => stage.Read(view => view.ListMessages(channel.Key, ada.Key, range, 5, after)).Next ?? 0;
        var last = Page(null);
        return (
            await Count(() => stage.Send(channel, ada, "counted")),
            await Count(() => Task.FromResult(Page(null))),
            await Count(() => Task.FromResult(Page(last))),
            await Count(() => Task.FromResult(stage.Read(view => view.FindMessage(channel.Key, id)))));
    }
}
