using System.Diagnostics;
using Carillon.Load.Chime;
using Carillon.Load.Protocols;
using Carillon.Wire.SigV4;

namespace Carillon.Load.Servers;

/// <summary>The stack as ./run starts it, without its pages, on a data folder.</summary>
internal sealed class CarillonServer : IDisposable
{
    private CarillonServer(ServerProcess process, int port, int tlsPort, string data)
    {
        (Process, Port, TlsPort, Data) = (process, port, tlsPort, data);
    }

    public ServerProcess Process { get; }

    public int Port { get; }

    public int TlsPort { get; }

    public string Data { get; }

    /// <summary>From the start of the process to the first 200 of /readyz.</summary>
    public TimeSpan ReadyAfter { get; private init; }

    /// <param name="data">One that is there is used as it is and kept.</param>
    /// <param name="more">Flags besides.</param>
    public static async Task<CarillonServer> Start(Setting setting, string? data = null, params string[] more)
    {
        data ??= setting.Places.Folder();
        int port = ServerProcess.FreePort(), tlsPort = ServerProcess.FreePort();
        var clock = Stopwatch.StartNew();
        var process = ServerProcess.Start(setting.ServerCores,
        [
            "dotnet", setting.Places.Carillon, "--data", data, "--port", $"{port}", "--tls-port", $"{tlsPort}",
            "--bind", "127.0.0.1", "--no-apps",
            "--quotas", "UsersPerAppInstance=10000000,MembershipsPerChannel=10000000,ChannelsPerAppInstance=10000000",
            .. more,
        ]);
        try
        {
            await process.Answers(new Uri($"http://127.0.0.1:{port}/readyz"));
            return new(process, port, tlsPort, data) { ReadyAfter = clock.Elapsed };
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>The platform with the WebSocket API of bench/gateway, and the port that it is on.</summary>
    public static async Task<(ServerProcess Process, int Port)> StartGateway(Setting setting)
    {
        int port = ServerProcess.FreePort(), tlsPort = ServerProcess.FreePort();
        var process = ServerProcess.Start(setting.ServerCores,
        [
            "dotnet", setting.Places.Gateway, "--data", setting.Places.Folder(), "--port", $"{port}", "--tls-port", $"{tlsPort}",
            "--bind", "127.0.0.1", "--gateway-limits", "ConnectionsPerSecond=1000000",
        ]);
        try
        {
            await process.Answers(new Uri($"http://127.0.0.1:{port}/readyz"));
            return (process, port);
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <param name="roomOf">The room of each user; each is a member of its room's channel.</param>
    /// <param name="name">Of the app instance, one for each.</param>
    public Task<Population> Populate(IReadOnlyList<int> roomOf, string name = "bench") =>
        Population.Make(Port, Credentials(), roomOf, name);

    public AwsCredentials Credentials()
    {
        var values = File.ReadLines(Path.Combine(Data, "credentials")).Select(line => line.Split(" = ", 2))
            .Where(pair => pair.Length == 2).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
        return new(values["aws_access_key_id"], values["aws_secret_access_key"], null);
    }

    public void Dispose() => Process.Dispose();
}
