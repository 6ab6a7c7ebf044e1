using System.IO.Pipelines;
using Carillon.Sockets;
using Carillon.Sockets.Pipe;
using Carillon.Tests.Wire.WebSockets;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Sockets;

/// <summary>What becomes of the web server's connection when its socket has ended.</summary>
public sealed class PipeSocketTests
{
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task A_connection_whose_peer_does_not_say_goodbye_is_broken_off_and_no_other(bool saysGoodbye, int aborted)
    {
        // All of it lies in the web server's pipe, which has taken it: whether the peer ever reads it is not known here.
        var time = new ManualTime();
        using var loop = new SocketLoop(time, NullLogger.Instance);
        loop.Start();
        var (input, output, aborts) = (new Pipe(), new Pipe(), 0);
        var socket = new PipeSocket(loop, new SocketOptions(), "pipe", new Ends(input.Reader, output.Writer), () => aborts++, ended: null);
        socket.Start(new Deaf());
        socket.Close(4003, "out");
        if (saysGoodbye)
        {
            await input.Writer.WriteAsync(ClientFrame.Close(4003), TestContext.Current.CancellationToken);
        }

        var over = socket.Over();
        for (var second = 0; !over.IsCompleted && second < 5_000; second++)
        {
            if (!saysGoodbye)
            {
                time.Pass(TimeSpan.FromSeconds(1));
            }

            await Task.WhenAny(over, Task.Delay(5, TestContext.Current.CancellationToken));
        }

        await over.WaitAsync(RawSocket.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal(aborted, aborts);
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    private sealed class Deaf : ISocketHandler
    {
        public void Message(LiveSocket socket, bool isText, ReadOnlySpan<byte> payload)
        {
        }

        public void Ended(LiveSocket socket)
        {
        }
    }
}
