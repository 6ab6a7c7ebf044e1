using System.Collections.Concurrent;
using Carillon.Wire.WebSockets;
using Microsoft.Extensions.Logging;

namespace Carillon.Sockets;

/// <summary>How a loop waits, and what else it does meanwhile.</summary>
internal interface ILoopIo : IDisposable
{
    /// <summary>Handles what has happened; first waits until something has, or until it is woken, if it may.</summary>
    void Poll(bool wait);

    /// <summary>Any thread: ends a wait, or the next one.</summary>
    void Wake();

    void Tick(long now);
}

/// <summary>
/// One thread that owns the state of all sockets, and of whoever decides what is said to them. Work comes to it in turns;
/// between them it reads and writes. Who is to write stands in a lane by the width of the fan-out it is part of, and each
/// round takes a slice of each: while it runs, what comes next gathers, and a socket takes all that waits for it at once.
/// So nothing is held back when there is little to do, and much goes together when there is much.
/// </summary>
public sealed partial class SocketLoop : IDisposable
{
    /// <summary>Sockets of each lane that are served in one round.</summary>
    private static readonly int[] Slices = [256, 64, 64];

    private const int MostTurns = 256;

    /// <summary>Sockets whose writes one thread of the pool takes on together.</summary>
    private const int PumpsTogether = 64;

    /// <summary>Threads of the pool that write at a time.</summary>
    private static readonly int MostPumping = Math.Max(1, Environment.ProcessorCount - 1);

    private static readonly byte[] PingFrame = ServerFrame.Of(Opcode.Ping, []);

    private readonly ConcurrentQueue<Action> _turns = new();
    private readonly SemaphoreSlim _room;

    /// <summary>The lanes of sockets that the loop writes itself, and then those of sockets that the pool writes.</summary>
    private readonly Queue<LiveSocket>[] _lanes = [new(), new(), new(), new(), new(), new()];
    private readonly List<LiveSocket> _sockets = [];
    private readonly ConcurrentDictionary<string, int> _byTransport = new();
    private readonly ILogger _log;
    private readonly Thread _thread;
    private List<IPump> _pumps = new(PumpsTogether);
    private int _pumping;
    private ILoopIo _io = new ParkedIo();
    private ITimer? _timer;
    private long _second;
    private long _slow;
    private int _stripe;
    private TaskCompletionSource? _emptied;
    private int _sleeping;
    private int _count;
    private volatile bool _stopping;
    private volatile bool _isOver;

    /// <param name="mostWaiting">Turns of <see cref="PostOrWait"/> that may wait.</param>
    public SocketLoop(TimeProvider time, ILogger log, int mostWaiting = 1_024)
    {
        Time = time;
        _log = log;
        _room = new(mostWaiting, mostWaiting);
        _thread = new Thread(Run) { Name = "sockets", IsBackground = true };
    }

    /// <summary>On the loop, once a second.</summary>
    public event Action? Ticked;

    public TimeProvider Time { get; }

    public long Now => Time.GetTimestamp();

    /// <summary>Open sockets. Any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Sockets closed because they read too slowly. Any thread.</summary>
    public long Slow => Volatile.Read(ref _slow);

    internal FramePlaces Places { get; } = new();

    internal ILoopIo Io => _io;

    internal bool IsHere => Thread.CurrentThread == _thread;

    /// <summary>Before <see cref="Start"/>.</summary>
    internal void Use(ILoopIo io) => _io = io;

    public void Start()
    {
        _thread.Start();
        _timer = Time.CreateTimer(_ => Post(Tick), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    internal long After(TimeSpan time) => Now + (long)(time.TotalSeconds * Time.TimestampFrequency);

    internal byte NextStripe() => (byte)(Interlocked.Increment(ref _stripe) % 240);

    /// <summary>Open sockets of a transport. Any thread.</summary>
    public int CountOf(string transport) => _byTransport.GetValueOrDefault(transport);

    /// <summary>Runs a turn on the loop, after those that were posted before. Any thread.</summary>
    public void Post(Action turn)
    {
        _turns.Enqueue(turn);
        if (Volatile.Read(ref _sleeping) == 1 && Interlocked.Exchange(ref _sleeping, 0) == 1)
        {
            _io.Wake();
        }
    }

    /// <summary>The same; waits where too many wait already. Any thread but the loop's.</summary>
    public void PostOrWait(Action turn)
    {
        _room.Wait(Timeout.Infinite);
        Post(() =>
        {
            _room.Release();
            turn();
        });
    }

    public void RunOrPost(Action turn)
    {
        if (IsHere)
        {
            turn();
        }
        else
        {
            Post(turn);
        }
    }

    /// <summary>Runs a turn and gives back what it returned or threw. Any thread.</summary>
    public Task<T> Ask<T>(Func<T> turn)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                answer.TrySetResult(turn());
            }
#pragma warning disable CA1031 // It is the asker's to handle.
            catch (Exception e)
#pragma warning restore CA1031
            {
                answer.TrySetException(e);
            }
        });
        if (_isOver)
        {
            // The last turns may have run before this one was posted.
            answer.TrySetException(new ObjectDisposedException(nameof(SocketLoop)));
        }

        return answer.Task;
    }

    internal void Add(LiveSocket socket)
    {
        socket.Place = _sockets.Count;
        _sockets.Add(socket);
        Volatile.Write(ref _count, _sockets.Count);
        _byTransport.AddOrUpdate(socket.Transport, 1, static (_, count) => count + 1);
    }

    internal void Forget(LiveSocket socket)
    {
        if (socket.Place >= 0)
        {
            var last = _sockets[^1];
            _sockets[socket.Place] = last;
            last.Place = socket.Place;
            _sockets.RemoveAt(_sockets.Count - 1);
            socket.Place = -1;
            Volatile.Write(ref _count, _sockets.Count);
            _byTransport.AddOrUpdate(socket.Transport, 0, static (_, count) => count - 1);
            if (_sockets.Count == 0)
            {
                _emptied?.TrySetResult();
            }
        }
    }

    /// <summary>When no socket is open any more, or after so long. Any thread.</summary>
    public async Task Emptied(TimeSpan most)
    {
        var emptied = await Ask(() =>
        {
            _emptied ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_sockets.Count == 0)
            {
                _emptied.TrySetResult();
            }

            return _emptied.Task;
        });
        var time = Time;
        await Task.WhenAny(emptied, Task.Delay(most, time));
    }

    internal void Ready(LiveSocket socket, Lane lane)
    {
        if ((socket.InLanes & ((2 << (int)lane) - 1)) == 0)
        {
            socket.InLanes |= (byte)(1 << (int)lane);
            _lanes[(int)lane + (socket is IPump ? Slices.Length : 0)].Enqueue(socket);
        }
    }

    /// <summary>On the loop: the pool is to write for this socket.</summary>
    internal void Pump(IPump pump)
    {
        _pumps.Add(pump);
        if (_pumps.Count == PumpsTogether)
        {
            SendPumps();
        }
    }

    private void SendPumps()
    {
        if (_pumps.Count > 0)
        {
            _pumping++;
            ThreadPool.UnsafeQueueUserWorkItem(new Pumping(this, _pumps), preferLocal: false);
            _pumps = new(PumpsTogether);
        }
    }

    private void Run()
    {
        var wait = false;
        while (!_stopping)
        {
            try
            {
                if (wait)
                {
                    // Whoever posts after this looks at the flag; what was posted before is seen here.
                    Interlocked.Exchange(ref _sleeping, 1);
                    wait = _turns.IsEmpty;
                }

                _io.Poll(wait);
                Volatile.Write(ref _sleeping, 0);
                RunTurns();
                var left = Serve();
                SendPumps();
                wait = !left && _turns.IsEmpty;
            }
#pragma warning disable CA1031 // Nothing may stop the loop: what fails is logged, and everything else goes on.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Fault(e);
                wait = false;
            }
        }

        foreach (var socket in _sockets.ToList())
        {
            socket.Abort();
        }

        // Whoever asks is answered, also at the end; who asks after this sees that it is over.
        _isOver = true;
        while (_turns.TryDequeue(out var turn))
        {
            Try(turn);
        }

        _io.Dispose();
    }

    private void RunTurns()
    {
        for (var ran = 0; ran < MostTurns && _turns.TryDequeue(out var turn); ran++)
        {
            Try(turn);
        }
    }

    private void Try(Action turn)
    {
        try
        {
            turn();
        }
#pragma warning disable CA1031 // A fault of one turn ends that turn; it is logged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fault(e);
        }
    }

    /// <returns>True when somebody is still waiting to write.</returns>
    private bool Serve()
    {
        var left = false;
        for (var lane = 0; lane < Slices.Length; lane++)
        {
            var waiting = _lanes[lane];
            for (var served = 0; served < Slices[lane] && waiting.TryDequeue(out var socket); served++)
            {
                Serve(socket, lane);
            }

            left |= waiting.Count > 0;
        }

        // What the pool has no time for yet waits here, and gathers.
        for (var lane = 0; lane < Slices.Length; lane++)
        {
            var waiting = _lanes[Slices.Length + lane];
            for (var served = 0; served < Slices[lane] && _pumping < MostPumping && waiting.TryDequeue(out var socket); served++)
            {
                Serve(socket, lane);
            }

            left |= waiting.Count > 0 && _pumping < MostPumping;
        }

        return left;
    }

    private void Serve(LiveSocket socket, int lane)
    {
        socket.InLanes &= (byte)~(1 << lane);
        try
        {
            socket.Flush();
        }
#pragma warning disable CA1031 // A fault of one socket ends that socket; it is logged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fault(e);
            socket.Abort();
        }
    }

    private void Tick()
    {
        var now = Now;
        _second++;
        var ping = new SharedFrame(PingFrame, now);
        for (var i = _sockets.Count - 1; i >= 0; i--)
        {
            // Whoever ends leaves its place to the last, which was ticked already.
            if (i < _sockets.Count)
            {
                _sockets[i].Tick(now, _second, ping);
            }
        }

        _io.Tick(now);
        Ticked?.Invoke();
    }

    internal void CountSlow(string bound)
    {
        _slow++;
        SlowReader(bound);
    }

    internal void Fault(Exception e) => Failed(e);

    public void Dispose()
    {
        _timer?.Dispose();
        _stopping = true;
        Post(static () => { });
        if (_thread.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted))
        {
            _io.Dispose();
        }
        else
        {
            _thread.Join();
        }

        _room.Dispose();
    }

    [LoggerMessage(2001, LogLevel.Error, "The loop of the sockets met a fault and went on.")]
    private partial void Failed(Exception exception);

    [LoggerMessage(2002, LogLevel.Warning, "A socket was closed because it reads too slowly ({Bound}).")]
    private partial void SlowReader(string bound);

    private sealed class Pumping(SocketLoop loop, List<IPump> pumps) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            pumps.RemoveAll(static pump => !pump.Write());
            loop.Post(Written);
        }

        private void Written()
        {
            loop._pumping--;
            foreach (var pump in pumps)
            {
                try
                {
                    pump.Written();
                }
#pragma warning disable CA1031 // A fault of one socket is no fault of those that were written with it; it is logged.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    loop.Fault(e);
                }
            }
        }
    }

    /// <summary>A loop without sockets of its own just waits.</summary>
    private sealed class ParkedIo : ILoopIo
    {
        private readonly ManualResetEventSlim _bell = new();

        public void Poll(bool wait)
        {
            if (wait)
            {
                _bell.Wait(Timeout.Infinite);
            }

            _bell.Reset();
        }

        public void Wake() => _bell.Set();

        public void Tick(long now)
        {
        }

        public void Dispose() => _bell.Dispose();
    }
}

/// <summary>A socket whose writes block, and are made by threads of the pool.</summary>
internal interface IPump
{
    /// <summary>On the pool: hands over what was taken. Never throws.</summary>
    /// <returns>False while it is not taken yet; the pump then tells the loop itself.</returns>
    bool Write();

    /// <summary>On the loop, when it has been taken.</summary>
    void Written();
}
