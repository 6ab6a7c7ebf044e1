using Carillon.Server.Hosting;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Carillon.Tests.Server;

/// <summary>The platform as it is shipped, on free ports and a folder of its own; one for the tests of a class.</summary>
public class LiveServer : IAsyncLifetime
{
    public const string Region = "us-east-1";
    public const string Account = "123456789012";

    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-").FullName;

    internal Platform Platform { get; private set; } = null!;

    internal virtual TimeProvider Time => TimeProvider.System;

    internal HttpClient Http { get; } = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });

    /// <summary>The database, to be looked into beside the server.</summary>
    internal string DataFile => Path.Combine(_folder, "carillon.db");

    /// <summary>Whoever holds the root key.</summary>
    internal ChimeClient Root { get; private set; } = null!;

    internal Uri Address => new($"http://127.0.0.1:{Platform.Port}");

    /// <summary>What the server logged, formatted.</summary>
    internal Logged Log { get; } = new();

    // Tests make an app instance each.
    internal virtual CarillonOptions Adjust(CarillonOptions options) => options with
    {
        Quotas = "AppInstances=100000",
        FlowEndpoints = $"silent={Flows.SilentProcessor.Instance.Url}",
    };

    /// <summary>Adds what is hosted beside the platform.</summary>
    internal virtual void Configure(WebApplicationBuilder builder)
    {
    }

    /// <summary>Maps pages after the platform's own paths.</summary>
    internal virtual void Mapped()
    {
    }

    public virtual async ValueTask InitializeAsync()
    {
        Platform = Platform.Build(
            Adjust(new CarillonOptions { Data = _folder, Port = 0, TlsPort = 0 }),
            Time,
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Logging.AddProvider(Log);
                Configure(builder);
            });
        Mapped();
        await Platform.App.StartAsync();
        Root = As(Platform.Root);
    }

    internal ChimeClient As(AwsCredentials credentials, string region = Region) => new(this, credentials, region);

    /// <summary>An app instance with nobody in it.</summary>
    internal async Task<App> NewApp() => new(this, (await Root.CreateAppInstance("test")).Text("AppInstanceArn"));

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Http.Dispose();
        await Platform.App.StopAsync();
        await Platform.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A server whose time a test moves.</summary>
public sealed class TimedServer : LiveServer
{
    internal ManualTime Clock { get; } = new();

    internal override TimeProvider Time => Clock;
}

/// <summary>A server whose date a test moves, while what waits goes on waiting as long as it says.</summary>
public sealed class DatedServer : LiveServer
{
    internal Calendar Calendar { get; } = new();

    internal override TimeProvider Time => Calendar;
}

/// <summary>The system's time, a number of days later.</summary>
internal sealed class Calendar : TimeProvider
{
    private long _days;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(Interlocked.Read(ref _days));

    public void Pass(int days) => Interlocked.Add(ref _days, days);
}

/// <summary>An app instance and its people.</summary>
internal sealed class App(LiveServer server, string arn)
{
    public LiveServer Server => server;

    public string Arn => arn;

    public ChimeClient Root => server.Root;

    public string UserArn(string id) => $"{arn}/user/{id}";

    public async Task<string> NewUser(string id, string? name = null) =>
        (await Root.CreateAppInstanceUser(arn, id, name ?? id)).Text("AppInstanceUserArn");

    /// <summary>One after the other, so that they are as old as their order says.</summary>
    public async Task<string[]> NewUsers(params string[] ids)
    {
        var users = new List<string>();
        foreach (var id in ids)
        {
            users.Add(await NewUser(id));
        }

        return [.. users];
    }

    public async Task<string> NewChannel(
        string bearer, string? mode = null, string? privacy = null, string[]? members = null, string[]? moderators = null,
        string? id = null) =>
        (await Root.CreateChannel(bearer, arn, "general", mode, privacy, members, moderators, id)).Text("ChannelArn");
}
