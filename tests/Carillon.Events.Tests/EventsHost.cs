using System.Text;
using Carillon.Events.Core.Store;
using Carillon.Kit;
using Carillon.Server.Hosting;
using Carillon.Sql.Sqlite;
using Carillon.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Carillon.Events.Tests;

/// <summary>
/// A real platform on free ports and the app beside it as a stranger, each in a folder of its own; one for the tests of a
/// class. The app's flow processor and webhooks reach it at <see cref="Address"/>, which the platform knows.
/// </summary>
public class EventsHost : IAsyncLifetime
{
    public const string Region = "us-east-1";
    public const string Account = "123456789012";

    private readonly string folder = Directory.CreateTempSubdirectory("carillon-events-").FullName;
    private readonly HttpClient platformHttp = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private Platform? platform;
    private WebApplication? app;

    internal virtual TimeProvider Time => TimeProvider.System;

    internal EventsService Events { get; private set; } = null!;

    /// <summary>Where the app listens.</summary>
    internal Uri Address { get; private set; } = null!;

    /// <summary>Where the platform listens.</summary>
    internal Uri Endpoint => new($"http://127.0.0.1:{platform!.Port}");

    internal Uri SecureEndpoint => new($"https://localhost:{platform!.TlsPort}");

    internal Platform Platform => platform!;

    /// <summary>The platform, spoken to with the root key.</summary>
    internal PlatformClient Root => new(platformHttp, Endpoint, Region, platform!.Root, Time);

    /// <summary>The platform, spoken to with any key.</summary>
    internal PlatformClient As(Wire.SigV4.AwsCredentials credentials) =>
        new(platformHttp, Endpoint, Region, credentials, Time);

    /// <summary>Where the app keeps its data.</summary>
    internal string EventsFolder => Path.Combine(folder, "events");

    /// <summary>Adds what is hosted beside the platform.</summary>
    internal virtual void Furnish(WebApplicationBuilder builder)
    {
    }

    internal virtual CarillonOptions Adjust(CarillonOptions options) => options;

    internal virtual EventsOptions Adjust(EventsOptions options) => options;

    /// <summary>Where what the app's process says goes; nowhere, unless a test listens.</summary>
    internal virtual void Adjust(ILoggingBuilder logs)
    {
    }

    /// <summary>What the app answers to.</summary>
    internal IReadOnlyList<RouteEndpoint> Routes =>
        [.. app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>Every row that the app keeps, as text.</summary>
    internal string Dump(params string[] except)
    {
        using var reader = new SqliteDatabase(Path.Combine(EventsFolder, "events.db")).OpenReader();
        var tables = reader.Query("select name from sqlite_master where type = 'table' order by name", row => row.Text(0));
        var dump = new StringBuilder();
        foreach (var table in tables.Except(except))
        {
            var columns = reader.Query($"select name from pragma_table_info('{table}')", row => row.Text(0));
            var line = string.Join("||'|'||", columns.Select(c => $"quote(\"{c}\")"));
            dump.AppendJoin('\n', reader.Query($"select {line} as line from {table} order by line", row => $"{table} {row.Text(0)}")).Append('\n');
        }

        return dump.ToString();
    }

    /// <summary>A browser with cookies of its own.</summary>
    internal Browser NewBrowser() => new(this);

    public virtual async ValueTask InitializeAsync()
    {
        // The app listens first: the platform is told where its flow processor is.
        await StartAppAsync();
        platform = Platform.Build(
            Adjust(new CarillonOptions
            {
                Data = Path.Combine(folder, "platform"),
                Port = 0,
                TlsPort = 0,
                Quotas = "AppInstances=100000",
                FlowEndpoints = $"carillon-events={new Uri(Address, "/events/flow")}",
            }),
            Time,
            builder =>
            {
                builder.Logging.ClearProviders();
                Furnish(builder);
            });
        await platform.App.StartAsync();
    }

    /// <summary>Ends the app as a kill would find it, on the same address and folder again.</summary>
    internal async Task RestartAppAsync()
    {
        await StopAppAsync();
        await StartAppAsync();
    }

    /// <summary>What a kill at this moment leaves of the app's data.</summary>
    internal string Snapshot()
    {
        var copy = Directory.CreateTempSubdirectory("carillon-events-").FullName;
        // Between two writes: a kill can't take half of one either, and a copy isn't made in a moment.
        var path = Path.Combine(EventsFolder, "events.db.lock");
        using var fileLock = new FileLock(path);
        using var held = fileLock.Take();
        foreach (var file in Directory.EnumerateFiles(EventsFolder).Where(f => f != path && !f.EndsWith("-shm", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        return copy;
    }

    /// <summary>Goes on from what a kill had left, whatever the app has done since.</summary>
    internal async Task ResumeFromAsync(string snapshot)
    {
        await StopAppAsync();
        Directory.Delete(EventsFolder, recursive: true);
        Directory.Move(snapshot, EventsFolder);
        await StartAppAsync();
    }

    private async Task StartAppAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Adjust(builder.Logging);
        builder.WebHost.UseUrls(Address?.AbsoluteUri ?? "http://127.0.0.1:0");
        builder.Services.AddSingleton(Time);
        app = builder.Build();
        Events = EventsService.Open(
            Adjust(new EventsOptions
            {
                DataFolder = EventsFolder,
                Endpoint = () => Endpoint,
                ClientEndpoint = () => Endpoint,
                Region = Region,
                Account = Account,
                // The platform makes its root key at its first start, which comes later.
                Credentials = () => platform!.Root,
                FlowSecret = FlowSecret,
            }),
            Time, app.Services.GetRequiredService<ILoggerFactory>());
        app.MapEvents(Events);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Address = new Uri(addresses.Single());
    }

    /// <summary>What the platform signs its questions with; it too is made at the platform's first start.</summary>
    internal byte[]? FlowSecret()
    {
        var file = Path.Combine(folder, "platform", "webhook-secret");
        return File.Exists(file) ? Encoding.UTF8.GetBytes(File.ReadAllText(file).Trim()) : null;
    }

    private async Task StopAppAsync()
    {
        await app!.StopAsync();
        await app.DisposeAsync();
        await Events.DisposeAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAppAsync();
        if (platform is not null)
        {
            await platform.App.StopAsync();
            await platform.DisposeAsync();
        }

        platformHttp.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>A host whose time a test moves.</summary>
public sealed class TimedEventsHost : EventsHost
{
    internal ManualTime Clock { get; } = new();

    internal override TimeProvider Time => Clock;
}
