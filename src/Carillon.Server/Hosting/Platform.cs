using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Carillon.Backends.Sql;
using Carillon.Backends.Sqlite;
using Carillon.Core;
using Carillon.Core.Functions;
using Carillon.Core.Messages;
using Carillon.Server.Access;
using Carillon.Server.Bulk;
using Carillon.Server.Federation;
using Carillon.Server.Flows;
using Carillon.Server.Functions;
using Carillon.Server.Gateway;
using Carillon.Server.Http;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Http.Kinesis;
using Carillon.Server.Http.LambdaProtocol;
using Carillon.Server.Http.Throttling;
using Carillon.Server.Operations.Gateway;
using Carillon.Server.Outbound;
using Carillon.Server.Pushing;
using Carillon.Server.Responders;
using Carillon.Server.Sessions;
using Carillon.Server.Streaming;
using Carillon.Sockets;
using Carillon.Wire.Outbound;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.HttpOverrides;

namespace Carillon.Server.Hosting;

/// <summary>The platform put together: folder, store, rooms, addresses, and the way of a request through them.</summary>
internal sealed class Platform : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly SqlStore _store;
    private readonly Hub _hub;
    private readonly PageTokens _pageTokens;
    private readonly StreamTokens _streamTokens;
    private readonly X509Certificate2 _certificate;

    private Platform(
        WebApplication app, CarillonOptions options, DataFolder folder, SqlStore store, Hub hub, SocketLoop loop, PageTokens pageTokens,
        StreamTokens streamTokens, X509Certificate2 certificate, AwsCredentials root, Health health)
    {
        App = app;
        Options = options;
        Root = root;
        Health = health;
        _folder = folder;
        _store = store;
        _hub = hub;
        Loop = loop;
        _pageTokens = pageTokens;
        _streamTokens = streamTokens;
        _certificate = certificate;
    }

    public WebApplication App { get; }

    public CarillonOptions Options { get; }

    public AwsCredentials Root { get; }

    public Health Health { get; }

    public DataFolder Folder => _folder;

    public int Sessions => _hub.Count;

    /// <summary>Of all sockets.</summary>
    public SocketLoop Loop { get; }

    /// <summary>Where HTTP is served; known once the application has started.</summary>
    public int Port => PortOf("http");

    public int TlsPort => PortOf("https");

    /// <param name="configure">Adds what is hosted beside the platform; its paths come after the API's.</param>
    /// <param name="seams">Pieces other than the usual ones.</param>
    /// <exception cref="SettingException">It cannot start with these settings; the sentence says why.</exception>
    public static Platform Build(
        CarillonOptions options, TimeProvider? clock = null, Action<WebApplicationBuilder>? configure = null, Seams? seams = null)
    {
        if (options.Functions)
        {
            options.RequireForFunctions();
        }

        var time = clock ?? TimeProvider.System;
        var folder = DataFolder.Open(options.Data);
        try
        {
            var root = RootCredentials.ReadOrMake(folder, options.Region);
            var certificate = options.TlsCertificate is null
                ? LocalTls.ReadOrMake(folder, time.GetUtcNow())
                : LoadCertificate(options.TlsCertificate, options.TlsKey!);
            return Build(options, time, folder, root, certificate, ProcessorsOf(options), RelayOf(options), configure, seams ?? new());
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static Platform Build(
        CarillonOptions options, TimeProvider time, DataFolder folder, AwsCredentials root, X509Certificate2 certificate,
        ProcessorOptions processors, RelayOptions? relay, Action<WebApplicationBuilder>? configure, Seams seams)
    {
        var mostFiles = Descriptors.Limit();
        var files = Descriptors.Share(mostFiles, options.MostSockets);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelHttpsConfiguration();
        Logging.Configure(builder.Logging, options.LogFormat);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Services.AddSingleton(time);

        var quotas = new Quotas(options.QuotaOverrides());
        var arns = new Arns(options.Region, options.Account);
        var sessions = seams.Sessions;

        // Sockets go by the system's clock, whatever the platform takes for the time: their peers do.
        var loopLog = new LateLogger<SocketLoop>();
        var loop = new SocketLoop(TimeProvider.System, loopLog);
        var whyNoReactor = options.Transport == CarillonOptions.PipeTransport ? null : Transports.TryUseReactor(loop);
        if (options.Transport == CarillonOptions.ReactorTransport && whyNoReactor is not null)
        {
            throw new SettingException($"Transport: the reactor does not work here. {whyNoReactor}");
        }

        var useReactor = options.Transport != CarillonOptions.PipeTransport && whyNoReactor is null;
        loop.Start();
        var frames = new Frames(arns, loop.Time);

        // The hub is the bus of a single machine, so it comes before the store, whose writer publishes to it.
        var hubLog = new LateLogger<Hub>();
        var hub = new Hub(loop, frames, quotas, sessions, time, hubLog);
        SqlStore store;
        try
        {
            var keep = new StoreOptions
            {
                Records = new EventRecords(arns),
                Pushes = options.PushWebhook is not null,
                StreamKeyAge = TimeSpan.FromDays(options.StreamKeyDays),
            };
            store = seams.Store(folder.Database, keep, time, hub);
        }
        catch
        {
            hub.Dispose();
            loop.Dispose();
            throw;
        }

        var master = store.MasterKey();
        var pageTokens = new PageTokens(master);
        var streamTokens = new StreamTokens(master);
        WebApplication? built = null;
        var keysLog = new LateLogger<KeySets>();
        var room = AccessRoom.Open(
            store, quotas, new Account(options.Account), master, time, options.Federation,
            (request, timeout, cancellation) => built!.Services.GetRequiredService<OutboundHttp>().Send(request, timeout, cancellation),
            keysLog);
        var health = new Health(store);
        builder.Services.AddSingleton<IStore>(store);
        builder.Services.AddSingleton(room);
        builder.Services.AddSingleton(hub);
        builder.Services.AddSingleton(loop);
        builder.Services.AddSingleton<SocketMetrics>();
        builder.Services.AddSingleton(health);
        builder.Services.AddSingleton(frames);
        builder.Services.AddSingleton(sessions);
        builder.Services.AddSingleton(new Cors(
            options.AllowedOrigins.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        builder.Services.AddSingleton(new Authenticator(new CredentialSource(root, room), time));
        builder.Services.AddSingleton(new PolicyGate(room.Authorizer, store, arns, time));
        var flowBell = new Bell();
        builder.Services.AddSingleton(provider => new Services(
            store, quotas, arns, pageTokens, new MessageIds(), provider.GetRequiredService<Throttle>(),
            () => SessionEndpointOf(options, provider))
        {
            FlowBell = flowBell,
        });
        builder.Services.AddSingleton(new Throttle(options.RatesInForce(), time));
        builder.Services.AddSingleton(arns);
        builder.Services.AddSingleton(flowBell);
        builder.Services.AddSingleton(provider => processors with
        {
            Endpoints = new FlowEndpoints(options.FlowEndpoints, () => PortOf(provider, "http")),
        });
        builder.Services.AddSingleton<ProcessorCaller>();
        builder.Services.AddSingleton(new OutboundRules(options.OutboundPlaces));
        builder.Services.AddSingleton<OutboundHttp>();
        builder.Services.AddSingleton(new BotResponders(options.BotResponders));
        builder.Services.AddSingleton(new Webhooks(WebhookSecret.ReadOrMake(folder, options.WebhookSecretFile), time));
        if (options.PushWebhook is not null)
        {
            builder.Services.AddSingleton<IPushSender>(provider => new WebhookSender(
                new Uri(options.PushWebhook), provider.GetRequiredService<Webhooks>(),
                provider.GetRequiredService<OutboundHttp>(), arns));
        }

        builder.Services.AddSingleton(provider => new FunctionRoom(
            store, room, arns, new CodeStore(folder.FunctionCode, time), new SealedBox(master, "carillon function variables 1"), options.Functions,
            () => new Uri($"http://{options.OwnHost}:{PortOf(provider, "http")}"),
            options.TlsCertificate is null ? folder.CaPem : null, time));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<FunctionInvoker>();
        builder.Services.AddSingleton<IFunctionInvoker>(provider => provider.GetRequiredService<FunctionInvoker>());
        builder.Services.AddSingleton<LambdaApi>();
        builder.Services.AddSingleton<ChimeApi>();
        builder.Services.AddSingleton(folder);
        builder.Services.AddSingleton<BulkEndpoint>();
        builder.Services.AddSingleton<QueryApi>();
        builder.Services.AddSingleton<JsonApi>();
        builder.Services.AddSingleton<KinesisApi>();
        builder.Services.AddSingleton(provider => new KinesisRoom(
            store, quotas, arns, provider.GetRequiredService<PolicyGate>(), provider.GetRequiredService<Throttle>(), streamTokens, time));
        builder.Services.AddSingleton<SessionEndpoint>();
        AddGateway(builder.Services, options, folder);
        var limit = options.Throttling == Rates.Public ? new ConnectionLimit(ConnectionLimit.Default) : null;
        if (useReactor)
        {
            builder.Services.AddSingleton(provider => Transports.Listeners(
                loop, provider.GetRequiredService<SocketServing>(), limit, provider.GetRequiredService<ILoggerFactory>()));
        }

        var listening = new Listening(options, certificate, limit, files, useReactor);
        builder.Services.AddSingleton(provider => new SocketServing(
            loop,
            new SocketEndpoints(provider.GetRequiredService<SessionEndpoint>(), provider.GetRequiredService<GatewayEndpoint>()),
            files.Sockets, files.Undecided / listening.Plain));
        builder.WebHost.ConfigureKestrel(listening.On);
        builder.Services.AddHostedService<Drain>();
        builder.Services.AddHostedService<SessionGuard>();
        builder.Services.AddHostedService<Sweeper>();
        builder.Services.AddHostedService<FunctionService>();
        builder.Services.AddHostedService<FunctionEvents>();
        builder.Services.AddHostedService<FlowInvoker>();
        builder.Services.AddHostedService<BotResponder>();
        builder.Services.AddHostedService<PushDispatcher>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<GatewayDirectory>());
        builder.Services.AddHostedService<GatewayRecovery>();
        var streaming = new StreamingStatus();
        health.Complaint = () => streaming.Word;
        builder.Services.AddSingleton(_ => streaming);
        builder.Services.AddHostedService<StreamingWatch>();
        if (relay is not null)
        {
            builder.Services.AddSingleton(relay);
            builder.Services.AddHostedService<Relay>();
        }

        configure?.Invoke(builder);

        var app = builder.Build();
        built = app;
        keysLog.Inner = app.Services.GetRequiredService<ILogger<KeySets>>();
        hubLog.Inner = app.Services.GetRequiredService<ILogger<Hub>>();
        loopLog.Inner = app.Services.GetRequiredService<ILogger<SocketLoop>>();
        _ = app.Services.GetRequiredService<SocketMetrics>();
        if (whyNoReactor is not null)
        {
            loopLog.NoReactor(whyNoReactor);
        }

        if (files.Sockets < options.MostSockets)
        {
            loopLog.FewDescriptors(mostFiles!.Value, files.Sockets, options.MostSockets);
        }

        app.Services.GetRequiredService<GatewayDirectory>().Load();
        Pipeline(app, Forwarding(options.Proxies));
        return new(app, options, folder, store, hub, loop, pageTokens, streamTokens, certificate, root, health);
    }

    private static void AddGateway(IServiceCollection services, CarillonOptions options, DataFolder folder)
    {
        services.AddSingleton(GatewayLimits.Parse(options.GatewayLimits));
        services.AddSingleton<GatewayHub>();
        services.AddSingleton<GatewayHandlers>();
        services.AddSingleton(provider =>
        {
            var log = provider.GetRequiredService<ILogger<HandlerIntegration>>();
            return new IntegrationTools(
                provider.GetRequiredService<IFunctionInvoker>(), provider.GetRequiredService<OutboundHttp>(),
                provider.GetRequiredService<GatewayHandlers>(), provider.GetRequiredService<GatewayHub>,
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<GatewayLimits>(),
                provider.GetRequiredService<Arns>(), log.HandlerFailed);
        });
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<GatewayDirectory>(
            provider, options.GatewayDefinitions ?? folder.GatewayDefinitions));
        services.AddSingleton<GatewayAuthorizing>();
        services.AddSingleton<Connecting>();
        services.AddSingleton<ConnectionsApi>();
        services.AddSingleton<GatewayEndpoint>();
        services.AddSingleton<GatewayWatch>();
        services.AddSingleton<GatewayControl>();
    }

    private static ProcessorOptions ProcessorsOf(CarillonOptions options)
    {
        AwsCredentials Key() => CredentialsFile.Read(options.LambdaCredentials!, options.LambdaProfile);
        if (options.LambdaEndpoint is not null)
        {
            // A file without a key is told at the start, not with the first message.
            Key();
        }

        return new(
            new FlowEndpoints(options.FlowEndpoints, () => options.Port),
            options.LambdaEndpoint is null ? null : Webhooks.Url(options.LambdaEndpoint), Key);
    }

    private static RelayOptions? RelayOf(CarillonOptions options)
    {
        AwsCredentials Key() => options.RelayCredentials is { } file
            ? CredentialsFile.Read(file, options.RelayProfile)
            : CredentialsFile.FromEnvironment()
                ?? throw new SettingException(
                    "RelayCredentials names no file, and AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set.");
        if (options.RelayEndpoint is null)
        {
            return null;
        }

        // What holds no key is told at the start, not with the first record.
        Key();
        return new(
            Webhooks.Url(options.RelayEndpoint)!, options.RelayRegion ?? options.Region, Key, RelayOptions.Read(options.RelayStreams),
            TimeSpan.FromMinutes(options.RelayAlarmMinutes));
    }

    /// <summary>The host stays the request's: signatures hold for it. Null where nobody is believed.</summary>
    private static ForwardedHeadersOptions? Forwarding(string proxies)
    {
        var known = Wire.Proxies.Parse(proxies);
        if (known is { Addresses.Count: 0, Networks.Count: 0 })
        {
            return null;
        }

        var forwarding = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // As far back as each is one of them.
            ForwardLimit = null,
        };
        forwarding.KnownProxies.Clear();
        forwarding.KnownIPNetworks.Clear();
        foreach (var proxy in known.Addresses)
        {
            forwarding.KnownProxies.Add(proxy);
        }

        foreach (var network in known.Networks)
        {
            forwarding.KnownIPNetworks.Add(network);
        }

        return forwarding;
    }

    private static void Pipeline(WebApplication app, ForwardedHeadersOptions? forwarding)
    {
        var health = app.Services.GetRequiredService<Health>();
        app.Lifetime.ApplicationStarted.Register(() => health.HasStarted = true);
        var cors = app.Services.GetRequiredService<Cors>();
        var chime = app.Services.GetRequiredService<ChimeApi>();
        var query = app.Services.GetRequiredService<QueryApi>();
        var lambda = app.Services.GetRequiredService<LambdaApi>();
        var bulk = app.Services.GetRequiredService<BulkEndpoint>();
        var sessions = app.Services.GetRequiredService<SessionEndpoint>();
        var serving = app.Services.GetRequiredService<SocketServing>();

        var throttle = app.Services.GetRequiredService<Throttle>();
        var gateway = app.Services.GetRequiredService<GatewayEndpoint>();
        var gatewayControl = app.Services.GetRequiredService<GatewayControl>();

        app.Use((http, next) =>
        {
            if (HttpProtocol.IsHttp2(http.Request.Protocol))
            {
                // Over HTTP/2 the caller names the scheme. Policies ask what the connection is.
                http.Request.Scheme = http.Features.Get<ITlsHandshakeFeature>() is null ? "http" : "https";
            }

            return next(http);
        });
        if (forwarding is not null)
        {
            app.UseForwardedHeaders(forwarding);
        }

        app.Use((http, next) =>
        {
            switch (http.Request.Path.Value)
            {
                case "/healthz":
                    return Plain(http, StatusCodes.Status200OK, "alive");
                case "/readyz":
                    return Plain(
                        http, health.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, health.Word);
                case SessionEndpoint.Path:
                    return sessions.Handle(http, serving);
                case BulkEndpoint.Path:
                    return cors.Apply(http) ? Task.CompletedTask
                        : throttle.Refuses(http.Connection.RemoteIpAddress) ? ChimeApi.WriteThrottled(http)
                        : bulk.Handle(http);
            }

            if (LambdaApi.Owns(http))
            {
                return cors.Apply(http) ? Task.CompletedTask
                    : throttle.Refuses(http.Connection.RemoteIpAddress) ? LambdaApi.WriteThrottled(http)
                    : lambda.Handle(http);
            }

            if (GatewayEndpoint.Owns(http))
            {
                return gateway.Handle(http, serving);
            }

            if (GatewayControl.Owns(http))
            {
                return cors.Apply(http) ? Task.CompletedTask
                    : throttle.Refuses(http.Connection.RemoteIpAddress) ? ChimeApi.WriteThrottled(http)
                    : gatewayControl.Handle(http);
            }

            // The API's paths come first: no page may have one of them.
            var isChime = ChimeApi.Owns(http);
            if (!isChime && !QueryApi.Owns(http))
            {
                return next(http);
            }

            if (cors.Apply(http))
            {
                return Task.CompletedTask;
            }

            var refused = throttle.Refuses(http.Connection.RemoteIpAddress);
            return isChime
                ? refused ? ChimeApi.WriteThrottled(http) : chime.Handle(http)
                : refused ? QueryApi.WriteThrottled(http) : query.Handle(http);
        });
        app.UseRouting();
    }

    private static Task Plain(HttpContext http, int status, string word)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(word + "\n");
    }

    private static X509Certificate2 LoadCertificate(string certificate, string key)
    {
        try
        {
            // Through PKCS #12, because some systems cannot use a key that lives in memory alone.
            using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"TlsCertificate and TlsKey cannot be used: {e.Message}");
        }
    }

    private static string SessionEndpointOf(CarillonOptions options, IServiceProvider provider) =>
        options.PublicEndpoint ?? $"localhost:{PortOf(provider, "https")}";

    private int PortOf(string scheme) => PortOf(App.Services, scheme);

    private static int PortOf(IServiceProvider provider, string scheme)
    {
        var addresses = provider.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new Uri(addresses.First(a => a.StartsWith(scheme + ":", StringComparison.Ordinal))
            .Replace("*", "localhost", StringComparison.Ordinal).Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _store.Dispose();
        _hub.Dispose();
        Loop.Dispose();
        _pageTokens.Dispose();
        _streamTokens.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
    }
}
