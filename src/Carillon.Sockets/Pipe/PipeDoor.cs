using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Carillon.Wire.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace Carillon.Sockets.Pipe;

/// <summary>
/// A step of the web server's listener, after TLS: a connection whose first request asks for a socket becomes one here,
/// without any of what the web server keeps for a request. Everything else goes on unread.
/// </summary>
public sealed class PipeDoor(SocketServing serving)
{
    public ConnectionDelegate Around(ConnectionDelegate next, bool isSecure) => async connection =>
    {
        PipeSocket? socket;
        try
        {
            if (await Look(connection, isSecure) is not { } request)
            {
                socket = null;
            }
            else if (await Answer(connection, request.Key, request.Admission) is { } opened)
            {
                socket = opened;
            }
            else
            {
                return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It broke before it had said what it wants, or took too long.
            return;
        }

        await (socket?.Over() ?? next(connection));
    };

    /// <returns>Null where the connection is not ours.</returns>
    private async Task<(string Key, Admission Admission)?> Look(ConnectionContext connection, bool isSecure)
    {
        var input = connection.Transport.Input;
        var (told, read) = await FirstBytes.Look(input, serving.Loop.Time, Read);

        // Whoever says nothing for so long is the web server's, which has clocks of its own.
        if (told is null && read.IsCanceled && !read.Buffer.IsEmpty)
        {
            throw new IOException("The head of a request did not come in time.");
        }

        var remote = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (told is not { Upgrade: { } head, Length: var length } || serving.Admit(new(head, remote, isSecure)) is not { } admission)
        {
            input.AdvanceTo(read.Buffer.Start);
            return null;
        }

        input.AdvanceTo(read.Buffer.GetPosition(length));
        return (head.Header("Sec-WebSocket-Key")!, admission);
    }

    /// <returns>Null where it was refused.</returns>
    private async Task<PipeSocket?> Answer(ConnectionContext connection, string key, Admission admission)
    {
        var answer = await serving.Decide(admission);
        try
        {
            await connection.Transport.Output.WriteAsync(
                answer.IsAccepted ? Handshake.Answer(key, answer.Protocol) : answer.Bytes(serving.Loop.Time.GetUtcNow()));
        }
        catch
        {
            serving.Never(admission);
            throw;
        }

        if (!answer.IsAccepted)
        {
            serving.Never(admission);
            return null;
        }

        var socket = new PipeSocket(
            serving.Loop, admission.Options, "pipe", connection.Transport, connection.Abort, admission.Ended);
        serving.Serve(socket, admission);
        return socket;
    }

    private Head? Read(ReadOnlySequence<byte> bytes)
    {
        var first = bytes.IsSingleSegment ? bytes.FirstSpan : bytes.Slice(0, Math.Min(bytes.Length, UpgradeHead.Longest + 1)).ToArray();
        var verdict = UpgradeHead.Read(first, serving.Endpoint.IsPath, out var head, out var length);
        return verdict == HeadVerdict.NotYet ? null : new(verdict == HeadVerdict.Upgrade ? head : null, length);
    }

    /// <param name="Upgrade">Null where it does not ask for a socket.</param>
    private readonly record struct Head(UpgradeHead? Upgrade, int Length);
}
