using System.Net.WebSockets;
using System.Runtime.InteropServices;

namespace Carillon.Tests.Server.Sessions;

/// <summary>A socket that takes frames only as long as it is let, which no real one does on cue.</summary>
internal sealed class HeldSocket : WebSocket
{
    private readonly TaskCompletionSource<ValueWebSocketReceiveResult> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebSocketState _state = WebSocketState.Open;
    private WebSocketCloseStatus? _closed;

    /// <summary>The very arrays that were sent.</summary>
    public List<byte[]> Sent { get; } = [];

    public TaskCompletionSource Sending { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override WebSocketCloseStatus? CloseStatus => _closed;

    public override string? CloseStatusDescription => null;

    public override WebSocketState State => _state;

    public override string? SubProtocol => null;

    public void Release() => _gate.TrySetResult();

    public override async ValueTask SendAsync(
        ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        Assert(MemoryMarshal.TryGetArray(buffer, out var array));
        Sent.Add(array.Array!);
        Sending.TrySetResult();
        await _gate.Task;
    }

    private static void Assert(bool holds) => Xunit.Assert.True(holds);

    public override Task SendAsync(
        ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        SendAsync(buffer.AsMemory(), messageType, endOfMessage, cancellationToken).AsTask();

    public override ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        new(_received.Task);

    public override Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public override Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken) =>
        CloseOutputAsync(closeStatus, statusDescription, cancellationToken);

    public override Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        _closed = closeStatus;
        Abort();
        return Task.CompletedTask;
    }

    public override void Abort()
    {
        _state = WebSocketState.Closed;
        _received.TrySetException(new WebSocketException(WebSocketError.ConnectionClosedPrematurely));
    }

    public override void Dispose() => Abort();
}
