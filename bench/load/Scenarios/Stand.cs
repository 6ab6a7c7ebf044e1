using System.Diagnostics;
using Carillon.Load.Chime;
using Carillon.Load.Counting;
using Carillon.Load.Net;
using Carillon.Load.Protocols;
using Carillon.Load.Servers;

namespace Carillon.Load.Scenarios;

/// <summary>A server that has been started and knows its rooms, and the means to speak to it.</summary>
internal sealed class Stand : IDisposable
{
    public const string Carillon = "carillon";

    /// <summary>The same server, its sessions over TLS in its own process.</summary>
    public const string Tls = "carillon-wss";

    /// <summary>The platform with a WebSocket API in C#: connections speak over their own sockets.</summary>
    public const string Gateway = "carillon-gateway";

    /// <summary>The events app by itself: its pages' sockets.</summary>
    public const string Events = "carillon-events";

    private readonly Setting _setting;
    private readonly IReadOnlyList<int> _roomOf;
    private readonly IDisposable _server;
    private readonly int _port;
    private readonly bool _isTls;

    private Stand(Setting setting, IReadOnlyList<int> roomOf, CarillonServer server, Population population, bool isTls, int connections)
    {
        (_setting, _roomOf, _server, _isTls) = (setting, roomOf, server, isTls);
        (Process, _port) = (server.Process, isTls ? server.TlsPort : server.Port);
        Protocol = new ChimeProtocol(population.Host, population.Targets(roomOf.Count));
        Pool = new SendPool(Poller, population, connections);
    }

    private Stand(Setting setting, IReadOnlyList<int> roomOf, ServerProcess process, Protocol protocol, int port)
    {
        (_setting, _roomOf, _server, _port) = (setting, roomOf, process, port);
        (Process, Protocol) = (process, protocol);
    }

    public Poller Poller { get; } = new();

    public ServerProcess Process { get; }

    public Protocol Protocol { get; }

    /// <summary>Sends by HTTP; null where members speak over their own sockets.</summary>
    public SendPool? Pool { get; }

    /// <summary>Of a message, so that its frame has the size that all frames have.</summary>
    private int Content => Pool is null ? Protocol.ContentFor(_setting.Frame) : _setting.Content;

    /// <param name="roomOf">The room of each session.</param>
    /// <param name="connections">For sends by HTTP, where there are any.</param>
    public static async Task<Stand> Start(Setting setting, string name, IReadOnlyList<int> roomOf, int connections)
    {
        if (name is Carillon or Tls)
        {
            var server = await CarillonServer.Start(setting);
            try
            {
                var population = await server.Populate(roomOf);
                return new(setting, roomOf, server, population, name == Tls, connections);
            }
            catch
            {
                server.Dispose();
                throw;
            }
        }

        if (name == Gateway)
        {
            var (gateway, at) = await CarillonServer.StartGateway(setting);
            return new(setting, roomOf, gateway, new GatewayProtocol(), at);
        }

        var peer = Peers.Find(name, setting.Places);
        var port = ServerProcess.FreePort();
        var process = ServerProcess.Start(setting.ServerCores, peer.Command(port));
        try
        {
            await process.Listens(port);
            return new(setting, roomOf, process, peer.Protocol(), port);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Sessions, none of them open yet.</summary>
    public Crowd Invite(Audience audience) => new(Poller, Protocol, _port, _isTls, audience, _roomOf);

    public Drive Drive(Crowd crowd, int window) => new(crowd, Pool, Content, window, Process.Cpu, () => Cores.Busy(_setting.ServerCores));

    public void Dispose()
    {
        Poller.Dispose();
        _server.Dispose();
    }

    public static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
