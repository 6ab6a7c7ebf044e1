using Carillon.Events.Core.Store;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Desk;
using Carillon.Events.Door;
using Carillon.Events.Flow;
using Carillon.Events.Letters;
using Carillon.Events.SignIn;
using Carillon.Kit;

namespace Carillon.Events;

/// <summary>The app put together: store, keys, the way to the platform. One a process.</summary>
public sealed class EventsService : IAsyncDisposable
{
    private readonly HttpClient http;

    private EventsService(EventsOptions options, EventsStore store, CodeKey codes, TimeProvider time, ILoggerFactory logs)
    {
        Options = options;
        Store = store;
        Codes = codes;
        Time = time;
        Logs = logs;
        // No proxy may come between, and a signature holds for one host only.
        http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            MaxConnectionsPerServer = 64,
        })
        {
            Timeout = TimeSpan.FromSeconds(15),
        };
        Gates = new Gates(time);
        Words = new ShowWords(store);
        Devices = new DeviceHub(this);
        Passes = new ChatPasses(this);
        Users = new UserSync(this);
        OpenId = options.OpenId is { } provider ? new OpenIdProvider(provider, time) : null;
        Streams = new StreamWatch(this);
        Desk = new DeskRooms(this);
        Errands = new Errands(this);
        Letters = options.Mail is { } mail ? new LetterWork(this, mail) : null;
    }

    public EventsOptions Options { get; }

    public EventsStore Store { get; }

    public TimeProvider Time { get; }

    internal ILoggerFactory Logs { get; }

    internal CodeKey Codes { get; }

    internal Gates Gates { get; }

    internal ShowWords Words { get; }

    internal DeviceHub Devices { get; }

    internal ChatPasses Passes { get; }

    internal UserSync Users { get; }

    /// <summary>Null while organisers come by links alone.</summary>
    internal OpenIdProvider? OpenId { get; }

    internal StreamWatch Streams { get; }

    internal DeskRooms Desk { get; }

    internal Errands Errands { get; }

    /// <summary>Null where no letters leave.</summary>
    internal LetterWork? Letters { get; }

    /// <summary>Opens the data folder and all that lies in it.</summary>
    /// <exception cref="IOException">The folder cannot be used, or the key of its codes is gone.</exception>
    public static EventsService Open(EventsOptions options, TimeProvider time, ILoggerFactory logs)
    {
        Directory.CreateDirectory(options.DataFolder);
        var store = EventsStore.Open(Path.Combine(options.DataFolder, "events.db"), time);
        try
        {
            var key = Path.Combine(options.DataFolder, "codes.key");
            // A new one would end every code that was ever sold, and nobody would be told.
            if (!File.Exists(key) && store.Read(view => view.HasTickets()))
                throw new IOException($"{key} is not there, and without it no code of events.db can be checked: put it back from a backup.");
            return new EventsService(options, store, CodeKey.ReadOrMake(key), time, logs);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Speaks to the platform with the app's own key.</summary>
    internal PlatformClient Platform() => new(http, Options.Endpoint(), Options.Region, Options.Credentials(), Time);

    /// <summary>A ticket has a new code: whoever came in with the old one is out, here and on the platform.</summary>
    internal void Reissued(long show, long number)
    {
        Devices.Drop(show, number, DeviceClose.EnterAgain, null);
        Users.Wake();
    }

    public async ValueTask DisposeAsync()
    {
        Devices.Close();
        if (Letters is not null) await Letters.DisposeAsync();
        await Errands.DisposeAsync();
        Desk.Dispose();
        Streams.Dispose();
        OpenId?.Dispose();
        Devices.Dispose();
        await Users.DisposeAsync();
        http.Dispose();
        Store.Dispose();
    }
}
