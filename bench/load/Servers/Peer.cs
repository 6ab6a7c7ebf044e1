using Carillon.Load.Protocols;

namespace Carillon.Load.Servers;

/// <summary>A server beside Carillon that members speak to over their own sockets.</summary>
/// <param name="Command">Program and arguments, given a port.</param>
/// <param name="Absent">Why it cannot be measured here; null where it can.</param>
internal sealed record Peer(string Name, Func<Protocol> Protocol, Func<int, IReadOnlyList<string>> Command, string? Absent);

/// <summary>All peers, those that are absent here too.</summary>
internal static class Peers
{
    public const string Coalesced = "limit-coalesced";
    public const string OneWrite = "limit-1write";
    public const string SignalR = "signalr";
    public const string AspNet = "aspnet-ws";

    /// <summary>Beside which a row is held: first the limits, then what a .NET team would choose, then others.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Coalesced, OneWrite, SignalR, AspNet, "node-ws", "nats", "mosquitto"];

    public static Peer Find(string name, Places places) => name switch
    {
        Coalesced or OneWrite => new(
            name, () => new RawProtocol(), port => [places.Limit, name["limit-".Length..], $"{port}"],
            Needs(File.Exists(places.Limit), "no C compiler built bench/limit/limit.c")),
        SignalR or AspNet => new(
            name, () => name == SignalR ? new SignalRProtocol() : new RawProtocol(),
            port => ["dotnet", places.AspNet, name == SignalR ? "signalr" : "ws", $"{port}"],
            Needs(File.Exists(places.AspNet), "bench/peers/aspnet is not built")),
        "node-ws" => new(
            name, () => new RawProtocol(), port => ["node", places.Node, $"{port}"],
            Needs(OnPath("node") is not null && Directory.Exists(places.NodeModules), "no Node.js, or no npm packages for bench/peers/node-ws")),
        "nats" => new(
            name, () => new NatsProtocol(), port => [OnPath("nats-server")!, "-a", "127.0.0.1", "-p", $"{port}"],
            Needs(OnPath("nats-server") is not null, "nats-server is not installed")),
        "mosquitto" => new(
            name, () => new MqttProtocol(), port => [OnPath("mosquitto")!, "-c", places.Mosquitto(port)],
            Needs(OnPath("mosquitto") is not null, "mosquitto is not installed")),
        _ => throw new ArgumentException($"There is no server {name}."),
    };

    private static string? Needs(bool there, string why) => there ? null : why;

    private static string? OnPath(string program) => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
