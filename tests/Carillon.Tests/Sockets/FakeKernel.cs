using Carillon.Sockets.Epoll;

namespace Carillon.Tests.Sockets;

/// <summary>A kernel in memory, whose world goes as its seed says.</summary>
internal readonly struct FakeKernel(FakeWorld world) : IKernel
{
    public int CreatePoll() => world.Create();

    public int CreateBell() => world.CreateBell();

    public void Ring(int bell) => world.Ring();

    public void Silence(int bell) => world.Silence();

    public int Watch(int poll, int file, uint events, ulong data, bool isNew) => world.Watch(file, (PollFlags)events, data, isNew);

    public int Unwatch(int poll, int file) => world.Unwatch(file);

    public int Wait(int poll, in PollEvents into, int timeout) => world.Wait(into, timeout);

    public int Accept(int listener, Span<byte> address, out int length) => world.Accept(address, out length);

    public nint Receive(int file, Span<byte> into, bool peek) => world.Receive(file, into, peek);

    public nint Send(int file, ReadOnlySpan<byte> bytes) => world.Send(file, bytes);

    public void BoundUnsent(int file) => world.Touch(file);

    public int ShutdownWriting(int file) => world.ShutdownWriting(file);

    public int Close(int file) => world.Close(file);
}

/// <summary>Somebody at the other end of a connection.</summary>
internal sealed class FakeClient(int id)
{
    public int Id => id;

    /// <summary>What it has not sent yet.</summary>
    public Queue<byte[]> ToSend { get; } = new();

    /// <summary>All that it has sent.</summary>
    public List<byte> Sent { get; } = [];

    /// <summary>What it has sent and the server has not read.</summary>
    public List<byte> Unread { get; } = [];

    public List<byte> Received { get; } = [];

    /// <summary>Bytes that the connection takes before it is full.</summary>
    public long Room { get; set; }

    /// <summary>It sends no more.</summary>
    public bool IsFinished { get; set; }

    public bool IsReset { get; set; }

    public bool WasToldOfReset { get; set; }

    /// <summary>The server writes no more.</summary>
    public bool IsShut { get; set; }

    /// <summary>The server has closed it, or whoever it was given to has.</summary>
    public bool IsClosed { get; set; }

    public bool IsGiven { get; set; }

    public bool IsGone => IsReset || IsClosed;
}

/// <summary>
/// Everything behind a <see cref="FakeKernel"/>. The world moves on inside the calls of the loop, on the loop's thread: so
/// it is the same each time for one seed, and anything may happen between any two calls. What no caller may do is kept as a
/// violation.
/// </summary>
internal sealed class FakeWorld(int seed)
{
    public const int Listener = 1_000_000;
    private const PollFlags PeerHasFinished = (PollFlags)0x2000;
    private const int NotAFile = -9;
    private const int MostFruitless = 200;

    private readonly Dictionary<int, FakeClient?> _files = [];
    private readonly Dictionary<int, (PollFlags Events, ulong Data)> _watched = [];
    private readonly HashSet<int> _arrivals = [];
    private readonly Queue<FakeClient> _connecting = new();
    private readonly object _ringing = new();
    private int _bell;
    private volatile bool _isRinging;
    private int _fruitless;
    private int _idles;

    public Random Random { get; } = new(seed);

    public List<string> Violations { get; } = [];

    /// <summary>While true, calls fail as they may, and connections break between them.</summary>
    public bool IsRough { get; set; }

    /// <summary>Files that may be open, the poll and the bell among them.</summary>
    public int MostFiles { get; set; } = int.MaxValue;

    /// <summary>On the loop: something happens. False when nothing will any more.</summary>
    public Func<bool> Step { get; set; } = static () => false;

    /// <summary>On the loop: waits for threads beside it, whose work would else make no two runs alike.</summary>
    public Action Settle { get; set; } = static () => { };

    public IEnumerable<FakeClient> Clients => _files.Values.OfType<FakeClient>();

    public int Files => _files.Count;

    public int Waits { get; private set; }

    /// <summary>How often the loop had nothing to do and the world stood still.</summary>
    public int Idles => Volatile.Read(ref _idles);

    public int Create()
    {
        // As on Linux: the smallest number that is free, so that one is used again at once.
        var file = 3;
        while (_files.ContainsKey(file))
        {
            file++;
        }

        _files[file] = null;
        return file;
    }

    /// <summary>A connection that is accepted already.</summary>
    public int Open(FakeClient client)
    {
        var file = Create();
        _files[file] = client;
        return file;
    }

    public int CreateBell() => _bell = Create();

    public void Ring()
    {
        lock (_ringing)
        {
            _isRinging = true;
            Monitor.PulseAll(_ringing);
        }
    }

    public void Silence()
    {
        _isRinging = false;
        _fruitless = 0;
    }

    /// <summary>On the loop: somebody connects.</summary>
    public void Connect(FakeClient client) => _connecting.Enqueue(client);

    /// <summary>On the loop: bytes, an end or a break have come from a client.</summary>
    public void Arrived(FakeClient client)
    {
        foreach (var (file, of) in _files)
        {
            if (of == client)
            {
                _arrivals.Add(file);
            }
        }
    }

    public void Reset(FakeClient client)
    {
        client.IsReset = true;
        client.Unread.Clear();
        client.ToSend.Clear();
        Arrived(client);
    }

    /// <summary>Somebody else has the file from here on.</summary>
    public FakeClient? Give(int file)
    {
        if (_files.GetValueOrDefault(file) is not { IsGiven: false } client)
        {
            Violations.Add($"{file} was given away and is not the reactor's.");
            return null;
        }

        if (_watched.ContainsKey(file))
        {
            Violations.Add($"{file} is still watched when it is given away.");
        }

        client.IsGiven = true;
        return client;
    }

    /// <summary>Whoever a file was given to closes it, and its number is free.</summary>
    public void CloseGiven(FakeClient client)
    {
        foreach (var file in _files.Where(pair => pair.Value == client).Select(pair => pair.Key).ToList())
        {
            _files.Remove(file);
        }

        client.IsClosed = true;
    }

    public int Watch(int file, PollFlags events, ulong data, bool isNew)
    {
        if (file != Listener && !Touch(file))
        {
            return NotAFile;
        }

        if (isNew == _watched.ContainsKey(file))
        {
            Violations.Add($"{file} is {(isNew ? "watched already" : "not watched")}.");
        }

        _watched[file] = (events, data);
        _arrivals.Add(file);
        _fruitless = 0;
        return 0;
    }

    public int Unwatch(int file)
    {
        if (!_watched.Remove(file))
        {
            Violations.Add($"{file} is let go of and was not watched.");
        }

        _fruitless = 0;
        return 0;
    }

    public int Wait(in PollEvents into, int timeout)
    {
        Waits++;
        Settle();
        if (IsRough && Random.Next(30) == 0)
        {
            return -Errno.Interrupted;
        }

        while (true)
        {
            var goesOn = IsRough && Random.Next(3) > 0 && Step();
            var count = Report(into);
            if (count > 0 || timeout == 0)
            {
                if (++_fruitless > MostFruitless)
                {
                    // The test goes on, so that it can say so.
                    Violations.Add($"The loop turns and turns, and nothing comes of it: {string.Join(' ', _watched.Keys.Where(file => Readiness(file) != 0))}.");
                    _fruitless = 0;
                }
                else
                {
                    return count;
                }
            }

            if (!goesOn && !Step())
            {
                Interlocked.Increment(ref _idles);
                lock (_ringing)
                {
                    while (!_isRinging)
                    {
                        Monitor.Wait(_ringing);
                    }
                }
            }

            _fruitless = 0;
        }
    }

    private int Report(in PollEvents into)
    {
        var files = _watched.Keys.ToArray();
        Random.Shuffle(files);
        var count = 0;
        foreach (var file in files)
        {
            var (events, data) = _watched[file];
            var ready = Readiness(file) & (events | PollFlags.Error | PollFlags.HungUp);
            var isEdge = (events & PollFlags.Edge) != 0;
            if (ready != 0 && count < into.Capacity && (!isEdge || _arrivals.Remove(file)))
            {
                into.Set(count++, ready, data);
            }
        }

        return count;
    }

    private PollFlags Readiness(int file)
    {
        if (file == _bell)
        {
            return _isRinging ? PollFlags.Readable : 0;
        }

        if (file == Listener)
        {
            return _connecting.Count > 0 ? PollFlags.Readable : 0;
        }

        var client = _files[file]!;
        return client.IsReset
            ? PollFlags.Readable | PollFlags.Writable | PollFlags.Error | PollFlags.HungUp | PeerHasFinished
            : (client.Unread.Count > 0 || client.IsFinished ? PollFlags.Readable : 0)
                | (client.Room > 0 && !client.IsShut ? PollFlags.Writable : 0)
                | (client.IsFinished ? PeerHasFinished : 0)
                | (client.IsFinished && client.IsShut ? PollFlags.HungUp : 0);
    }

    public int Accept(Span<byte> address, out int length)
    {
        length = 0;
        BreakSomething();
        if (IsRough && Random.Next(25) == 0)
        {
            return -Random.GetItems([Errno.Interrupted, Errno.TooManyFiles, Errno.NoBuffers, Errno.NoMemory], 1)[0];
        }

        if (_files.Count >= MostFiles)
        {
            return _connecting.Count > 0 ? -Errno.TooManyFiles : -Errno.Again;
        }

        if (!_connecting.TryDequeue(out var client))
        {
            return -Errno.Again;
        }

        _fruitless = 0;
        if (IsRough && Random.Next(25) == 0)
        {
            client.IsReset = true;
            return -103;
        }

        var file = Open(client);
        address[..16].Clear();
        (address[0], address[4], address[7], length) = (2, 127, 1, 16);
        return file;
    }

    public nint Receive(int file, Span<byte> into, bool peek)
    {
        BreakSomething();
        if (!Touch(file))
        {
            return NotAFile;
        }

        if (IsRough && Random.Next(40) == 0)
        {
            return -Errno.Interrupted;
        }

        var client = _files[file]!;
        if (client.IsReset)
        {
            var isNew = !client.WasToldOfReset;
            client.WasToldOfReset = true;
            return isNew ? -104 : 0;
        }

        if (client.Unread.Count == 0)
        {
            return client.IsFinished ? 0 : -Errno.Again;
        }

        var count = Math.Min(into.Length, client.Unread.Count);
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(client.Unread)[..count].CopyTo(into);
        if (!peek)
        {
            client.Unread.RemoveRange(0, count);
            _fruitless = 0;
        }

        return count;
    }

    public nint Send(int file, ReadOnlySpan<byte> bytes)
    {
        BreakSomething();
        if (!Touch(file))
        {
            return NotAFile;
        }

        var client = _files[file]!;
        if (client.IsShut)
        {
            Violations.Add($"{file} is sent to after it was shut.");
        }

        if (client.IsReset)
        {
            return -32;
        }

        if (IsRough && Random.Next(40) == 0)
        {
            return -Random.GetItems([Errno.Interrupted, Errno.Interrupted, Errno.Interrupted, Errno.NoBuffers], 1)[0];
        }

        if (client.Room <= 0)
        {
            return -Errno.Again;
        }

        var count = (int)Math.Min(bytes.Length, client.Room);
        if (IsRough && Random.Next(4) == 0)
        {
            count = Random.Next(1, count + 1);
        }

        client.Received.AddRange(bytes[..count]);
        client.Room -= count;
        _fruitless = 0;
        return count;
    }

    public bool Touch(int file)
    {
        if (_files.TryGetValue(file, out var client) && client is not { IsGiven: true })
        {
            return true;
        }

        Violations.Add($"{file} is used and is not the reactor's.");
        return false;
    }

    public int ShutdownWriting(int file)
    {
        if (!Touch(file))
        {
            return NotAFile;
        }

        _files[file]!.IsShut = true;
        return 0;
    }

    public int Close(int file)
    {
        if (!Touch(file))
        {
            return NotAFile;
        }

        if (_files.Remove(file, out var client) && client is not null)
        {
            client.IsClosed = true;
        }

        _watched.Remove(file);
        _arrivals.Remove(file);
        _fruitless = 0;
        return 0;
    }

    private void BreakSomething()
    {
        if (IsRough && Random.Next(300) == 0 && Clients.Where(client => !client.IsGiven).ToList() is { Count: > 0 } clients)
        {
            Reset(clients[Random.Next(clients.Count)]);
        }
    }
}
