using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Carillon.Sockets;
using Carillon.Sockets.Epoll;
using Carillon.Tests.Server;
using Carillon.Tests.Wire.WebSockets;
using Carillon.Wire.WebSockets;
using Xunit;

namespace Carillon.Tests.Sockets;

/// <summary>The reactor in worlds that go as their seeds say: calls fail, connections break between them, numbers of files are used again at once.</summary>
public class ReactorTests
{
    private const int MostAtDoor = 500;

    private const int SeedsTogether = 10;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 15).Select(i => i * SeedsTogether)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_happens_each_connection_gets_its_own_frames_whole_and_in_order_or_is_closed(int from)
    {
        for (var seed = from; seed < from + SeedsTogether; seed++)
        {
            using var story = new Story(seed);
            Assert.Equal((seed, ""), (seed, await story.Run(steps: 400)));
        }
    }

    [Fact]
    public async Task A_listener_without_free_files_rests_and_then_goes_on()
    {
        using var story = new Story(1) { IsEventful = false };
        story.World.MostFiles = 4;
        await story.Connect(3);
        Assert.Equal((4, 2), (story.World.Files, await story.Candidates()));

        // It is not watched, so nothing wakes the loop.
        var waits = story.World.Waits;
        await story.Flush();
        Assert.InRange(story.World.Waits - waits, 1, 5);

        story.World.MostFiles = 100;
        story.Time.Pass(TimeSpan.FromMilliseconds(99));
        await story.Flush();
        Assert.Equal(2, await story.Candidates());
        story.Time.Pass(TimeSpan.FromMilliseconds(1));
        await story.Flush();
        Assert.Equal(3, await story.Candidates());
    }

    [Fact]
    public async Task Heads_that_are_not_whole_cost_nothing_until_they_are_dropped()
    {
        using var story = new Story(2) { IsEventful = false };
        await story.Connect(50, "GET /con");
        Assert.Equal(50, await story.Candidates());

        var waits = story.World.Waits;
        for (var second = 1; second < 10; second++)
        {
            story.Time.Pass(TimeSpan.FromSeconds(1));
            await story.Flush();
            await story.Say("n");
        }

        Assert.Equal(50, await story.Candidates());
        Assert.InRange(story.World.Waits - waits, 9, 200);
        story.Time.Pass(TimeSpan.FromSeconds(1));
        await story.Flush();
        Assert.Equal(0, await story.Candidates());
        Assert.Equal(2, story.World.Files);
    }

    [Fact]
    public async Task Whoever_says_nothing_at_all_is_the_web_server_s_after_a_while()
    {
        using var story = new Story(2) { IsEventful = false };
        await story.Connect(5);

        story.Time.Pass(TimeSpan.FromSeconds(10));
        await story.Flush();

        Assert.Equal(0, await story.Candidates());
        Assert.Equal(5, story.Clients.Count(client => client.IsGiven));
    }

    [Fact]
    public async Task Of_too_many_that_have_not_said_what_they_want_the_oldest_are_dropped()
    {
        using var story = new Story(3) { IsEventful = false };
        await story.Connect(MostAtDoor + 10, "GET ");

        Assert.Equal(MostAtDoor, await story.Candidates());
        Assert.Equal(Enumerable.Range(0, 10), story.Clients.Where(client => client.IsClosed).Select(client => client.Id));
    }

    [Fact]
    public async Task What_ends_with_the_loop_is_closed()
    {
        var story = new Story(4) { IsEventful = false };
        await story.Connect(5, "GET /con");
        await story.Connect(5, RawSocket.HeadOf("/connect?c=0"));
        story.Dispose();

        Assert.Equal(0, story.World.Files);
        Assert.Equal("", story.Complaints());
    }

    [Fact]
    public void A_file_that_cannot_become_a_socket_stays_its_owner_s()
    {
        // No such file yet: the runtime refuses the number. Soon it is another's, and nothing may close it behind their back.
        const int Number = 5_000;
        Refuse();
        using var file = File.OpenHandle("/proc/self/status");
        Assert.Equal(Number, dup2((int)file.DangerousGetHandle(), Number));
        GC.Collect();
        GC.WaitForPendingFinalizers();

        Assert.Equal(0, close(Number));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Refuse() => Assert.ThrowsAny<System.Net.Sockets.SocketException>(() => Reactor<LinuxKernel>.ToSocket(Number));
    }

    [Fact]
    public void What_is_reported_of_the_dead_is_not_told_to_whoever_has_their_place()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var world = new FakeWorld(seed);
            using var loop = new SocketLoop(new ManualTime(), new Logged());
            var reactor = new Reactor<FakeKernel>(loop, new(world));
            loop.Use(reactor);
            var files = new int[10];
            var places = new int[files.Length];
            var told = new List<int>();
            var toldHeirs = 0;
            for (var i = 0; i < files.Length; i++)
            {
                var (at, client) = (i, new FakeClient(i));
                files[at] = world.Open(client);
                client.Unread.Add(1);
                places[at] = reactor.Watch(files[at], PollFlags.Readable, new Watched(() =>
                {
                    told.Add(at);
                    for (var other = 0; other < files.Length; other++)
                    {
                        // Whoever is told first ends all others, and new connections get their numbers and places at once.
                        if (other != at)
                        {
                            reactor.Unwatch(places[other], files[other]);
                            reactor.Kernel.Close(files[other]);
                            Assert.Equal(files[other], world.Open(new FakeClient(100 + other)));
                            Assert.Equal(places[other], reactor.Watch(files[other], PollFlags.Readable, new Watched(() => toldHeirs++)));
                        }
                    }
                }));
            }

            reactor.Poll(wait: false);

            Assert.Single(told);
            Assert.Equal(0, toldHeirs);
            Assert.Empty(world.Violations);
        }
    }

    [DllImport("libc")]
    private static extern int dup2(int file, int number);

    [DllImport("libc")]
    private static extern int close(int file);

    private sealed class Watched(Action happened) : IWatched
    {
        public void Happened(PollFlags events) => happened();
    }

    /// <summary>A server on a fake kernel, and clients of all kinds.</summary>
    private sealed class Story : ISocketEndpoint, IDisposable
    {
        private static readonly byte[] _answer = Handshake.Answer("dGhlIHNhbXBsZSBub25jZQ==");

        private readonly Logged _log = new();
        private readonly SocketLoop _loop;
        private readonly Door<FakeKernel> _door;
        private readonly List<FakeClient> _clients = [];
        private readonly ConcurrentDictionary<int, Member> _members = new();
        private int _unserved;
        private int _stepsLeft;
        private bool _isDisposed;

        public Story(int seed)
        {
            World = new(seed);
            _loop = new(Time, _log);
            var reactor = new Reactor<FakeKernel>(_loop, new(World));
            _door = new(reactor, new(_loop, this, mostSockets: 1_000, MostAtDoor), limit: null, FakeWorld.Listener, asks: true, Give);
            World.Step = Step;
            World.Settle = () => SpinWait.SpinUntil(() => Volatile.Read(ref _unserved) == 0);
            _loop.Use(reactor);
            _loop.Start();
            _loop.Post(_door.Open);
        }

        public FakeWorld World { get; }

        public ManualTime Time { get; } = new();

        public IReadOnlyList<FakeClient> Clients => _clients;

        /// <summary>Whether things happen by themselves.</summary>
        public bool IsEventful { get; init; } = true;

        private Random Random => World.Random;

        /// <returns>What went wrong; empty where nothing did.</returns>
        public async Task<string> Run(int steps)
        {
            await _loop.Ask(() =>
            {
                World.MostFiles = 25;
                World.IsRough = true;
                _stepsLeft = steps;
                return true;
            });
            await Flush();

            // Calm now: everything that is under way comes to its end, and whoever said too little is dropped.
            await _loop.Ask(() => World.MostFiles = 10_000);
            for (var second = 0; second < 15; second++)
            {
                Time.Pass(TimeSpan.FromSeconds(1));
                await Flush();
            }

            if (await Candidates() != 0 || _clients.Any(client => client is { IsReset: false, IsClosed: false, IsGiven: false } && !_members.ContainsKey(client.Id)))
            {
                World.Violations.Add("Somebody is neither served nor dropped.");
            }

            World.Violations.AddRange(_clients.Select(Judge).OfType<string>());
            await _loop.Ask(() =>
            {
                foreach (var client in World.Clients.Where(client => !client.IsGone).ToList())
                {
                    if (client.IsGiven)
                    {
                        World.CloseGiven(client);
                    }
                    else
                    {
                        client.IsFinished = true;
                        World.Arrived(client);
                    }
                }

                foreach (var client in World.Clients.Where(client => client.IsGiven).ToList())
                {
                    World.CloseGiven(client);
                }

                return true;
            });
            await Flush();
            if ((_loop.Count, World.Files) != (0, 2))
            {
                World.Violations.Add($"{_loop.Count} sockets and {World.Files} files are left.");
            }

            if (_members.Values.Any(member => member.Ends != 1))
            {
                World.Violations.Add("A handler was not told the end once.");
            }

            Dispose();
            return Complaints();
        }

        public string Complaints() => string.Join(
            '\n', [.. World.Violations.Take(5), .. _log.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)).Take(3)]);

        /// <summary>Returns when the loop has done all there was and is asleep.</summary>
        public async Task Flush()
        {
            var idles = World.Idles;
            await _loop.Ask(() => true).WaitAsync(RawSocket.Deadline);
            await Patience.Until(() => World.Idles > idles || World.Violations.Count > 20);
        }

        public Task<int> Candidates() => _loop.Ask(() => _door.Candidates.Count);

        public async Task Connect(int count, string say = "")
        {
            await _loop.Ask(() =>
            {
                for (var i = 0; i < count; i++)
                {
                    var client = new FakeClient(_clients.Count) { Room = long.MaxValue };
                    _clients.Add(client);
                    Sends(client, Encoding.ASCII.GetBytes(say));
                    World.Connect(client);
                }

                return true;
            });
            await Flush();
        }

        public async Task Say(string text)
        {
            await _loop.Ask(() =>
            {
                foreach (var client in World.Clients)
                {
                    Sends(client, Encoding.ASCII.GetBytes(text));
                }

                return true;
            });
            await Flush();
        }

        public bool IsPath(ReadOnlySpan<byte> path) => path.SequenceEqual("/connect"u8);

        public Admission? Admit(UpgradeRequest request)
        {
            if (request.Header("X-Refused") is not null)
            {
                return null;
            }

            var member = new Member(this, int.Parse(request.Target.Split('=')[1], CultureInfo.InvariantCulture));
            Interlocked.Increment(ref _unserved);
            return new(new() { MostWaitingFrames = 20, MostReceivedFrames = int.MaxValue, PingInterval = TimeSpan.FromHours(1) }, socket =>
            {
                member.Socket = socket;
                _members[member.Id] = member;
                socket.Start(member);
                Settled();
                return Task.CompletedTask;
            }, Settled);

            // Served, or gone before that.
            void Settled()
            {
                if (Interlocked.Exchange(ref member.IsSettled, 1) == 0)
                {
                    Interlocked.Decrement(ref _unserved);
                }
            }
        }

        private bool Give(int file)
        {
            if (World.Give(file) is { } client)
            {
                if (!client.IsReset && !client.Unread.SequenceEqual(client.Sent))
                {
                    World.Violations.Add($"Client {client.Id} was given away after it was read.");
                }

                if (IsEventful && Random.Next(10) == 0)
                {
                    client.IsGiven = false;
                    return false;
                }
            }

            return true;
        }

        private void Sends(FakeClient client, byte[] bytes)
        {
            if (!client.IsGone && bytes.Length > 0)
            {
                client.Sent.AddRange(bytes);
                client.Unread.AddRange(bytes);
                World.Arrived(client);
            }
        }

        /// <summary>On the loop, inside one of its calls.</summary>
        private bool Step()
        {
            if (!IsEventful)
            {
                return false;
            }

            if (_stepsLeft == 0)
            {
                World.IsRough = false;
                return Calm();
            }

            _stepsLeft--;
            var open = _clients.Where(client => !client.IsGone).ToList();
            var one = open.Count == 0 ? null : open[Random.Next(open.Count)];
            switch (Random.Next(20))
            {
                case < 4:
                    Connect();
                    break;
                case < 10 when one?.ToSend.TryDequeue(out var part) == true:
                    Sends(one, part);
                    break;
                case < 13 when one is not null:
                    one.Room += Random.Next(4_000);
                    break;
                case 13 when one is not null:
                    World.Reset(one);
                    break;
                case 14 when one is not null && Random.Next(3) == 0:
                    one.IsFinished = true;
                    one.ToSend.Clear();
                    World.Arrived(one);
                    break;
                case 15:
                    var shared = Frame($"all:{_stepsLeft} ");
                    _loop.Post(() => Array.ForEach([.. _members.Values.OrderBy(member => member.Id)], member => member.Offer(shared, Lane.Middle)));
                    break;
                case 16 or 17:
                    _loop.Post(() => SomeMember()?.OfferOwn());
                    break;
                case 18:
                    _loop.Post(() => SomeMember()?.Socket?.Close(4000 + Random.Next(100), "The test says so."));
                    break;
                case 19:
                    if (one is { IsGiven: true })
                    {
                        World.CloseGiven(one);
                    }

                    Time.Pass(TimeSpan.FromMilliseconds(50));
                    break;
            }

            return true;
        }

        private bool Calm()
        {
            var isMoving = false;
            foreach (var client in _clients.Where(client => !client.IsGone))
            {
                isMoving |= client.Room < int.MaxValue;
                client.Room = long.MaxValue;
                if (client.ToSend.TryDequeue(out var part))
                {
                    isMoving = true;
                    Sends(client, part);
                }
            }

            return isMoving;
        }

        private void Connect()
        {
            var client = new FakeClient(_clients.Count) { Room = Random.Next(2_000) };
            _clients.Add(client);
            var head = RawSocket.HeadOf($"/connect?c={client.Id}", Random.Next(20) == 0 ? "X-Refused: yes\r\n" : "");
            var bytes = Random.Next(10) switch
            {
                0 => Encoding.ASCII.GetBytes("GET /elsewhere HTTP/1.1\r\nHost: a\r\n\r\n"),
                1 => Encoding.ASCII.GetBytes(head[..Random.Next(head.Length)]),
                2 => [.. Encoding.ASCII.GetBytes(head), 0xff, 0xff, 0xff],
                _ => (byte[])[
                    .. Encoding.ASCII.GetBytes(head),
                    .. Enumerable.Range(0, Random.Next(8)).SelectMany(i => ClientFrame.Text(Random.Next(6) == 0 ? "!" : $"{client.Id}:said {i} "))],
            };
            for (var start = 0; start < bytes.Length;)
            {
                var length = Math.Min(bytes.Length - start, 1 + Random.Next(400));
                client.ToSend.Enqueue(bytes[start..(start + length)]);
                start += length;
            }

            World.Connect(client);
        }

        private Member? SomeMember()
        {
            var members = _members.Values.Where(member => member.Ends == 0).OrderBy(member => member.Id).ToList();
            return members.Count == 0 ? null : members[Random.Next(members.Count)];
        }

        private SharedFrame Frame(string text) => SharedFrame.Text(
            Encoding.ASCII.GetBytes(text.PadRight(Random.Next(4) == 0 ? Random.Next(3_000) : 20, '.')), Time);

        /// <returns>What is wrong with what a client received; null where nothing is.</returns>
        private string? Judge(FakeClient client)
        {
            ReadOnlySpan<byte> rest = [.. client.Received];
            if (!_members.TryGetValue(client.Id, out var member))
            {
                return rest.IsEmpty || (client.IsGone && _answer.AsSpan().StartsWith(rest)) ? null : $"Client {client.Id} was told something.";
            }

            if (!rest.StartsWith(_answer))
            {
                return $"Client {client.Id} has a socket and no answer.";
            }

            rest = rest[_answer.Length..];
            var told = 0;
            while (true)
            {
                if (told < member.Offered.Count && rest.StartsWith(member.Offered[told].Bytes))
                {
                    rest = rest[member.Offered[told++].Length..];
                }
                else if (rest.StartsWith((ReadOnlySpan<byte>)[0x89, 0x00]))
                {
                    rest = rest[2..];
                }
                else
                {
                    break;
                }
            }

            var isClosed = client.IsGone || client.IsShut;
            var isWell = rest.IsEmpty
                ? isClosed || told == member.Offered.Count
                : isClosed && (IsClose(rest) || (client.IsGone && told < member.Offered.Count && member.Offered[told].Bytes.AsSpan().StartsWith(rest))
                    || (client.IsGone && rest[0] is 0x88 or 0x89 && rest.Length < 30));
            return isWell ? null : $"Client {client.Id} got {told} of {member.Offered.Count} frames, and then {Convert.ToHexString(rest[..Math.Min(20, rest.Length)])}.";
        }

        private static bool IsClose(ReadOnlySpan<byte> bytes) => bytes.Length >= 2 && bytes[0] == 0x88 && bytes.Length == 2 + bytes[1];

        public void Dispose()
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                _loop.Dispose();
            }
        }

        private sealed class Member(Story story, int id) : ISocketHandler
        {
            public int IsSettled;
            private int _own;

            public int Id => id;

            public LiveSocket? Socket { get; set; }

            public List<SharedFrame> Offered { get; } = [];

            public int Ends { get; private set; }

            public void OfferOwn() => Offer(story.Frame($"{id}:own {_own++} "), Lane.Narrow);

            public void Offer(SharedFrame frame, Lane lane)
            {
                if (Socket is not { IsClosing: false } socket)
                {
                    return;
                }

                if (socket.Offer(frame, lane))
                {
                    Offered.Add(frame);
                }
                else
                {
                    socket.Close(1013, "The session reads too slowly.");
                }
            }

            public void Message(LiveSocket socket, bool isText, ReadOnlySpan<byte> payload)
            {
                if (!isText || Ends > 0)
                {
                    story.World.Violations.Add($"Client {id} never said that, or is gone.");
                }
                else if (payload.SequenceEqual("!"u8))
                {
                    // Whoever is next in the same batch may be the one that ends here.
                    story.SomeMember()?.Socket?.Abort();
                }
                else if (!Encoding.ASCII.GetString(payload).StartsWith($"{id}:", StringComparison.Ordinal))
                {
                    story.World.Violations.Add($"Client {id} was taken for another.");
                }
                else
                {
                    Offer(new(ServerFrame.Of(Opcode.Text, payload), socket.Loop.Now), Lane.Narrow);
                }
            }

            public void Ended(LiveSocket socket) => Ends++;
        }
    }
}
