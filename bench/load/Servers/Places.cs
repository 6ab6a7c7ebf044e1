namespace Carillon.Load.Servers;

/// <summary>Where things lie.</summary>
/// <param name="Repository">Its root.</param>
/// <param name="Temporary">A folder of this run's own, removed when it ends; on the disk that the stores are measured on.</param>
internal sealed record Places(string Repository, string Temporary)
{
    public string Carillon => Built("Carillon.Stack");

    public string Gateway => Built("Carillon.GatewayBench");

    public string Provisioner => Built("Carillon.Events.Provisioner");

    public string Events => Built("Carillon.Events");

    public string Micro => Built("Carillon.Bench");

    public string AspNet => Built("Carillon.Peers");

    public string Limit => Path.Combine(Repository, "artifacts/bench/limit");

    public string Node => Path.Combine(Repository, "bench/peers/node-ws/server.mjs");

    public string NodeModules => Path.Combine(Repository, "bench/peers/node-ws/node_modules");

    private string Built(string project) => Path.Combine(Repository, $"artifacts/bin/{project}/release/{project}.dll");

    /// <summary>A new folder.</summary>
    public string Folder() => Directory.CreateDirectory(Path.Combine(Temporary, Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>Settings of a broker that keeps nothing, sends at once and drops nothing.</summary>
    public string Mosquitto(int port)
    {
        var file = Path.Combine(Folder(), "mosquitto.conf");
        File.WriteAllText(file, $"""
            listener {port} 127.0.0.1
            allow_anonymous true
            persistence false
            set_tcp_nodelay true
            max_queued_messages 0
            log_type error

            """);
        return file;
    }
}
