using Carillon.Wire.WebSockets;

namespace Carillon.Sockets;

/// <summary>
/// Lets sockets in and has them served. So many at once, because whoever asks who they are reads a store, and thousands may
/// come together after a restart.
/// </summary>
/// <param name="mostSockets">Sockets that may be open; the web server refuses the next.</param>
/// <param name="mostAtDoor">
/// Connections of one listener that have not said yet what they want, or were refused and have not left. The next costs the
/// oldest its place. Default: ours.
/// </param>
public sealed class SocketServing(SocketLoop loop, ISocketEndpoint endpoint, int mostSockets, int mostAtDoor = 4_096)
{
    /// <summary>How long a connection may take to say what it wants, more bytes or not; at the web server, too. Ours.</summary>
    public static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(10);

    private const int MostAtOnce = 256;

    private readonly Queue<(LiveSocket Socket, Admission Admission)> _waiting = new();
    private int _underWay;
    private int _undecided;

    public ISocketEndpoint Endpoint => endpoint;

    public SocketLoop Loop => loop;

    internal int MostAtDoor => mostAtDoor;

    /// <summary>With those that are still waiting for their answer.</summary>
    public bool IsFull => loop.Count + Undecided >= mostSockets;

    /// <summary>Requests whose answer is being decided about. Any thread.</summary>
    public int Undecided => Volatile.Read(ref _undecided);

    public Admission? Admit(UpgradeRequest request) => IsFull ? null : endpoint.Admit(request);

    /// <summary>Any thread of the pool: what a request is answered with.</summary>
    internal async Task<UpgradeAnswer> Decide(Admission admission)
    {
        if (admission.Decide is null)
        {
            return UpgradeAnswer.Accepted;
        }

        Interlocked.Increment(ref _undecided);
        try
        {
            return await admission.Decide();
        }
#pragma warning disable CA1031 // The last resort of a request: logged, and answered.
        catch (Exception e)
#pragma warning restore CA1031
        {
            loop.Fault(e);
            return UpgradeAnswer.Failed;
        }
        finally
        {
            Interlocked.Decrement(ref _undecided);
        }
    }

    /// <summary>Any thread: there will be no socket.</summary>
    internal void Never(Admission admission)
    {
        if (admission.Ended is { } ended)
        {
            loop.RunOrPost(ended);
        }
    }

    /// <summary>Any thread: has a socket served by the pool, which starts or closes it.</summary>
    public void Serve(LiveSocket socket, Admission admission) => loop.RunOrPost(() =>
    {
        _waiting.Enqueue((socket, admission));
        Go();
    });

    private void Go()
    {
        while (_underWay < MostAtOnce && _waiting.TryDequeue(out var next))
        {
            _underWay++;
            ThreadPool.UnsafeQueueUserWorkItem(
                one => _ = Serve(one.Serving, one.Next.Socket, one.Next.Admission), (Serving: this, Next: next), preferLocal: false);
        }
    }

    private static async Task Serve(SocketServing serving, LiveSocket socket, Admission admission)
    {
        try
        {
            await admission.Serve(socket);
        }
#pragma warning disable CA1031 // The last resort of a socket: logged, and closed with a code that its client comes back on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            serving.Loop.Fault(e);
            socket.Close(CloseStatus.InternalError, "The session failed.");
        }

        serving.Loop.Post(() =>
        {
            serving._underWay--;
            serving.Go();
        });
    }
}
