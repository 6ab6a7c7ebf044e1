using System.Buffers;
using Carillon.Load.Counting;
using Carillon.Load.Net;

namespace Carillon.Load.Chime;

/// <summary>Sends messages over some connections, one on each at a time, and counts those that were acknowledged.</summary>
internal sealed class SendPool
{
    private readonly Stack<SendConnection> _free = new();
    private readonly ArrayBufferWriter<byte> _request = new(8192);
    private readonly SignedSends _sends;
    private readonly Population _population;

    public SendPool(Poller poller, Population population, int connections)
    {
        _population = population;
        _sends = new(population.Credentials, population.Host, TimeProvider.System);
        for (var i = 0; i < connections; i++)
        {
            _free.Push(new SendConnection(this, poller, population.Port, i));
        }
    }

    /// <summary>Sends that are on disk, says the server.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>How long acknowledgements took, in ticks of Stopwatch; null while nobody asks.</summary>
    public Histogram? Latency { get; set; }

    public bool HasRoom => _free.Count > 0;

    /// <param name="turn">Members of the room send in turn.</param>
    public void Send(int room, uint turn, ReadOnlySpan<byte> content)
    {
        _request.ResetWrittenCount();
        var channel = _population.Channels[room];
        _sends.Write(_request, channel.Target, channel.Bearers[(int)(turn % channel.Bearers.Count)], content);
        _free.Pop().Ask(_request.WrittenSpan);
    }

    public void Answered(SendConnection connection, long ticks)
    {
        Acknowledged++;
        Latency?.Add(ticks);
        _free.Push(connection);
    }
}
