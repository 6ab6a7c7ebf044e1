using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Server.Http;
using Carillon.Server.Sessions;
using Carillon.Sockets;
using Carillon.Sql.Sqlite;
using Carillon.Tests.Server.Operations.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Server.Sessions;

/// <summary>Who hears what in an elastic channel.</summary>
public class ElasticSessionTests(ElasticSessionTests.Fixture fixture) : IClassFixture<ElasticSessionTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private sealed class Ears : IAsyncDisposable
    {
        private readonly Dictionary<string, SessionClient> _sessions = [];
        private readonly ElasticRoom _room;
        private string _pulse = "";
        private int _beats;

        private Ears(ElasticRoom room) => _room = room;

        public static async Task<Ears> Open(ElasticRoom room, LiveServer server, params string[] people)
        {
            var ears = new Ears(room) { _pulse = await room.App.NewChannel(room.Owner, members: [.. people.Where(p => p != room.Owner)]) };
            foreach (var person in people)
            {
                ears._sessions[person] = await SessionClient.Start(server, person);
            }

            return ears;
        }

        /// <summary>What each heard meanwhile, in short: type, and content or who or where.</summary>
        public async Task<Dictionary<string, Frame[]>> Heard(Func<Task> act)
        {
            var before = _sessions.ToDictionary(s => s.Key, s => s.Value.Frames.Count);
            await act();
            var beat = $"beat {++_beats}";
            (await _room.App.Root.SendChannelMessage(_room.Owner, _pulse, beat, persistence: "NON_PERSISTENT")).Ok();
            await Task.WhenAll(_sessions.Values.Select(s => s.Wait(f => f.Text("Content") == beat)));
            return _sessions.ToDictionary(
                s => s.Key, s => s.Value.Frames.Skip(before[s.Key]).Where(f => f.Channel == _room.Channel).ToArray());
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var session in _sessions.Values)
            {
                await session.DisposeAsync();
            }
        }
    }

    private static string Short(Frame frame) => frame.Type switch
    {
        "CREATE_CHANNEL_MESSAGE" => frame.Text("Content")!,
        "CREATE_CHANNEL_MEMBERSHIP" => "+" + frame.Text("Member.Name"),
        "DELETE_CHANNEL_MEMBERSHIP" => "-" + frame.Text("Member.Name"),
        "UPDATE_CHANNEL_MEMBERSHIP" => ">" + frame.Text("Member.Name"),
        _ => frame.Type,
    };

    private static string Told(Dictionary<string, Frame[]> heard, string person) => string.Join(' ', heard[person].Select(Short));

    [Fact]
    public async Task Only_who_is_moved_hears_of_it_and_then_hears_the_new_sub_channel()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var people = await room.App.NewUsers("ann", "bob", "carl");
        await using var ears = await Ears.Open(room, fixture, [room.Owner, .. people]);
        await ears.Heard(() => room.JoinAll(people[0], people[1]));
        var first = await room.SubOf(people[0]);

        var heard = await ears.Heard(async () =>
        {
            await room.Join(people[2]);
            foreach (var person in people)
            {
                (await room.Say(person, await room.SubOf(person), $"by-{person[^4..].TrimStart('/', 'r')}")).Ok();
            }
        });

        // Of ann and bob the newer was taken to the new sub-channel, where carl was placed.
        var second = await room.SubOf(people[2]);
        Assert.Equal((first, second), (await room.SubOf(people[0]), await room.SubOf(people[1])));
        Assert.NotEqual(first, second);
        Assert.Equal("by-ann", Told(heard, people[0]));
        Assert.Equal(">bob +carl by-bob by-carl", Told(heard, people[1]));
        Assert.Equal("+carl by-bob by-carl", Told(heard, people[2]));
        Assert.Equal("", Told(heard, room.Owner));
        var moved = heard[people[1]][0];
        Assert.Equal((second, room.Owner, "SYSTEM"), (moved.Text("SubChannelId"), moved.Text("InvitedBy.Arn"), moved.MessageType));
        Assert.All(heard.Values.SelectMany(f => f).Where(f => f.Type == "CREATE_CHANNEL_MESSAGE"), f => Assert.NotNull(f.Text("SubChannelId")));
    }

    [Fact]
    public async Task What_befalls_the_whole_channel_reaches_everyone_in_it_once()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var people = await room.JoinNew("ann", "bob", "carl");
        var stranger = await room.App.NewUser("stranger");
        foreach (var sub in await room.Subs())
        {
            (await room.Join(room.Owner, room.Owner, sub)).Ok();
        }

        await using var ears = await Ears.Open(room, fixture, [room.Owner, .. people, stranger]);
        var renamed = await ears.Heard(async () => (await room.App.Root.UpdateChannel(room.Owner, room.Channel, name: "new")).Ok());
        Assert.All(people.Append(room.Owner), p => Assert.Equal("UPDATE_CHANNEL", Told(renamed, p)));
        Assert.Equal("", Told(renamed, stranger));
        Assert.Equal(2, (int)renamed[people[0]][0].Payload!["ElasticChannelConfiguration"]!["MaximumSubChannels"]!);

        await ears.Heard(async () =>
        {
            (await room.Leave(room.Owner, room.Owner, (await room.Subs())[0])).Ok();
            (await room.Leave(people[0], people[0])).Ok();
        });
        var deleted = await ears.Heard(async () =>
        {
            (await room.App.Root.UpdateChannel(room.Owner, room.Channel, name: "newer")).Ok();
            (await room.App.Root.DeleteChannel(room.Owner, room.Channel)).Ok();
        });
        Assert.Equal("", Told(deleted, people[0]));
        Assert.All([room.Owner, people[1], people[2]], p => Assert.Equal("UPDATE_CHANNEL DELETE_CHANNEL", Told(deleted, p)));
    }

    [Fact]
    public async Task A_batch_is_told_as_single_memberships_each_in_its_own_sub_channel()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var people = await room.App.NewUsers("ann", "bob", "carl");
        await using var ears = await Ears.Open(room, fixture, people);

        var heard = await ears.Heard(async () => Assert.Empty((await room.Batch(people)).List("Errors")));

        Assert.Equal("+ann +bob", Told(heard, people[0]));
        Assert.Equal("+bob >bob +carl", Told(heard, people[1]));
        Assert.Equal("+carl", Told(heard, people[2]));
        Assert.All(heard.Values.SelectMany(f => f), f => Assert.NotNull(f.Text("SubChannelId")));
    }

    [Fact]
    public async Task A_moderator_hears_why_its_place_is_gone_and_members_where_they_are_now()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var people = await room.JoinNew("ann", "bob", "carl");
        var where = (await Task.WhenAll(people.Select(async p => (Who: p, Sub: await room.SubOf(p))))).ToLookup(p => p.Sub, p => p.Who);
        var (small, large) = (where.Single(s => s.Count() == 1), where.Single(s => s.Count() == 2));
        (await room.Join(room.Owner, room.Owner, small.Key)).Ok();
        await using var ears = await Ears.Open(room, fixture, [room.Owner, .. people]);

        var heard = await ears.Heard(async () =>
        {
            (await room.Leave(room.Owner, small.Single())).Ok();
            await Patience.Until(async () => (await room.Subs()).Length <= 1);
        });

        Assert.Equal("-ann -owner", Told(heard, room.Owner));
        Assert.DoesNotContain("event-reason", heard[room.Owner][0].Raw, StringComparison.Ordinal);
        Assert.Contains("\"x-amz-chime-event-reason\":\"subchannel_DELETED\"", heard[room.Owner][1].Raw, StringComparison.Ordinal);
        Assert.All(large, p => Assert.Equal("", Told(heard, p)));
    }

    [Fact]
    public async Task Prefetch_shows_the_part_of_the_channel_that_one_is_in()
    {
        var room = await ElasticRoom.Open(fixture, 2, 2);
        var people = await room.JoinNew("ann", "bob", "carl");
        foreach (var person in people)
        {
            (await room.Say(person, await room.SubOf(person), $"by {person}")).Ok();
        }

        await using var session = await SessionClient.Start(fixture, people[1], "&sessionId=s&prefetch-on=connect");
        var details = await session.Wait("CHANNEL_DETAILS");

        Assert.Equal(await room.SubOf(people[1]), details.Text("SubChannelId"));
        Assert.Equal(
            [$"by {people[2]}", $"by {people[1]}"],
            details.Payload!["ChannelMessages"]!.AsArray().Select(m => (string)m!["Content"]!));
        Assert.Equal(2, details.Payload["ChannelMemberships"]!.AsArray().Count);
    }

    /// <summary>
    /// People come and go, sub-channels are made and merged, everyone talks, and sessions open in the midst of it: each
    /// hears exactly what the log holds for the places it was in, in that order.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nobody_misses_hears_twice_or_overhears_anything_while_members_are_moved(int seed)
    {
        var folder = Directory.CreateTempSubdirectory("carillon-elastic-").FullName;
        var time = new ManualTime();
        var quotas = new Quotas(new Dictionary<string, long> { ["SessionsPerUser"] = 1000 });
        using var loop = new SocketLoop(time, NullLogger.Instance);
        loop.Start();
        using var hub = new Hub(
            loop, new Frames(new Arns("us-east-1", "123456789012"), time), quotas, new SessionOptions(), time, NullLogger<Hub>.Instance);
        var log = new Tee(hub);
        using var store = SqlStore.Open(new SqliteDatabase(Path.Combine(folder, "data.db")), new StoreOptions(), time, log);
        var ids = new MessageIds();
        var appId = await store.Write(l => AppInstances.Create(l, quotas, Once(), "a", null, []));
        PersonAddress Address(int i) => new(appId, PersonKind.User, $"p{i}");
        await store.Write(l => Enumerable.Range(0, 12).Select(i => Users.Create(l, quotas, Once(), Address(i), $"P{i}", null, null, [])).Count());
        var channel = new ChannelAddress(appId, await store.Write(l => Channels.Create(
            l, quotas, Once(), Address(0), appId,
            new(null, "big", ChannelMode.Restricted, ChannelPrivacy.Private, null, null, [], [], []) { Elastic = new(4, 3, 40) })));
        var key = store.Read(v => v.FindChannel(channel)!.Key);
        var sessions = new List<(Session Session, HeldSocket Socket, Person User, long From, IReadOnlyList<HeardLog> Logs)>();

        async Task Open(int i)
        {
            using var expected = await hub.Expect();
            var (user, view) = store.Read(v =>
            {
                var user = v.FindPerson(Address(i))!;
                return (user, SessionView.Read(v, user, Prefetch.None));
            });

            // The hub goes on while this one is on its way.
            await Task.Yield();
            var socket = new HeldSocket(loop, new() { MostWaitingFrames = 100_000, MostWaitingBytes = 1 << 30 });
            socket.Release();
            var session = new Session(socket, user, null);
            if (await hub.Join(session, view.Logs, view.Position) == JoinResult.Joined)
            {
                lock (sessions)
                {
                    sessions.Add((session, socket, user, view.Position, view.Logs));
                    session.Start(hub);
                }
            }
        }

        async Task Try(Func<ILedger, object?> act)
        {
            try
            {
                await store.Write(act);
            }
            catch (Refusal)
            {
                // Whoever is not there cannot leave or talk; what counts is what the others hear.
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var dice = new Random((seed * 100) + worker);
            for (var step = 0; step < 150; step++)
            {
                var i = dice.Next(1, 12);
                switch (dice.Next(10))
                {
                    case 0 or 1 or 2:
                        await Try(l => Memberships.Create(l, quotas, Address(0), channel, Address(i), false));
                        break;
                    case 3 or 4:
                        await Try(l =>
                        {
                            Memberships.Delete(l, Address(i), channel, Address(i));
                            return null;
                        });
                        break;
                    case 5:
                        await Try(l => Balancing.Step(l));
                        break;
                    case 6 when step % 3 == 0:
                        await Open(i);
                        break;
                    default:
                        var sub = store.Read(v => v.FindPerson(Address(i)) is { } p && v.FindMembers(key, p.Key) is [var first, ..] ? first.Sub!.Id : "none");
                        await Try(l => Sending.Do(l, ids, new(
                            Address(i), channel with { SubChannelId = sub }, MessageType.Standard, true, "hello", null, null, null, null, Once())));
                        break;
                }
            }
        })));
        await hub.Leave(sessions[0].Session);

        Assert.Contains(log.All, e => e is MemberMoved);
        Assert.Contains(log.All, e => e is SubChannelDeleted);
        Assert.True(sessions.Count > 5);
        foreach (var (session, socket, user, from, logs) in sessions.Skip(1))
        {
            session.Socket.CloseAfterQueue(1001, "");
            await socket.Over.Task.WaitAsync(SessionClient.Deadline);
            var heard = socket.Sent.Select(f => Frame.Parse(f.Payload.ToArray(), System.Net.WebSockets.WebSocketMessageType.Text))
                .Select(f => $"{f.Type} {f.Text("SubChannelId")} {f.Sequence}").ToList();
            Assert.Equal(Expected(log.All, user.Key, from, [.. logs.Select(l => l.Log)]), heard);
        }

        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>What the log holds for one user from a position on, given where it was then.</summary>
    private static List<string> Expected(IReadOnlyList<Event> log, UserKey user, long from, HashSet<ChannelKey> places)
    {
        var expected = new List<string>();
        foreach (var happened in log.OfType<ChannelEvent>().Where(e => e.Position > from))
        {
            switch (happened)
            {
                case MemberJoined e:
                    if (e.Member.Person.Key == user)
                    {
                        places.Add(e.Channel.Key);
                    }

                    Add("CREATE_CHANNEL_MEMBERSHIP", e);
                    break;
                case MemberLeft e:
                    Add("DELETE_CHANNEL_MEMBERSHIP", e);
                    if (e.Member.Person.Key == user)
                    {
                        places.Remove(e.Channel.Key);
                    }

                    break;
                case MemberMoved e when e.Member.Person.Key == user:
                    Assert.True(places.Remove(e.From.Log));
                    places.Add(e.Member.Channel);
                    expected.Add($"UPDATE_CHANNEL_MEMBERSHIP {e.Member.Sub!.Id} {e.Sequence}");
                    break;
                case MessageCreated e:
                    Add("CREATE_CHANNEL_MESSAGE", e);
                    break;
            }
        }

        return expected;

        void Add(string type, ChannelEvent e)
        {
            if (places.Contains(e.Channel.Key))
            {
                expected.Add($"{type} {e.Channel.Sub!.Id} {e.Sequence}");
            }
        }
    }

    private static Repetition Once() => new(Guid.NewGuid().ToString(), [], []);

    /// <summary>Keeps what it hands on.</summary>
    private sealed class Tee(IBus next) : IBus
    {
        private readonly List<Event> _all = [];

        public IReadOnlyList<Event> All => _all;

        public void Publish(IReadOnlyList<Event> events)
        {
            _all.AddRange(events);
            next.Publish(events);
        }
    }
}
