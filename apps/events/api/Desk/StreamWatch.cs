using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Carillon.Events.Core.Shows;

namespace Carillon.Events.Desk;

/// <summary>
/// Whether a show's HLS stream goes on: its playlist is read now and then while somebody's desk is open. Asked is the
/// stream and not the fans' players, because it can be down before the first fan comes, and a player that stutters says
/// more about its own line. Players of other houses cannot be asked: of those nothing is known.
/// </summary>
internal sealed class StreamWatch : IDisposable
{
    public const string Ok = "ok", Down = "down", Unknown = "unknown";

    /// <summary>How often a stream is looked at. Our choice: playlists change with each segment, every 2 to 10 seconds.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromSeconds(6);

    /// <summary>How often a stream must fail in a row before it is said to be down: one lost answer is no news. Our choice.</summary>
    private const int failuresToDown = 2;

    /// <summary>A playlist that stays the same for so many of its segments has stopped. Players go on for about three.</summary>
    private const int stillSegments = 3;

    /// <summary>Streams that are looked at together. Our choice.</summary>
    private const int mostAtOnce = 8;

    private static readonly TimeSpan leastStill = TimeSpan.FromSeconds(15);

    private readonly EventsService events;
    private readonly StreamFetch fetch;
    private readonly ConcurrentDictionary<long, Watched> watched = [];
    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim places = new(mostAtOnce);

    public StreamWatch(EventsService events)
    {
        this.events = events;
        fetch = new StreamFetch(events.Options);
    }

    /// <summary>What is known of the stream: <c>ok</c>, <c>down</c> or <c>unknown</c>.</summary>
    public string Of(Show show) =>
        show.Definition.Player is { Kind: "hls", Url: { } url } && watched.TryGetValue(show.Key, out var known) && known.Url == url
            ? known.State : Unknown;

    /// <summary>Looks at the stream where that is due; returns at once. What it finds <see cref="Of"/> tells later.</summary>
    public void Look(Show show)
    {
        if (show.Definition.Player is not { Kind: "hls", Url: { } url })
        {
            watched.TryRemove(show.Key, out _);
            return;
        }

        var known = watched.AddOrUpdate(show.Key, _ => new Watched(url), (_, old) => old.Url == url ? old : new Watched(url));
        var now = events.Time.GetTimestamp();
        if (!known.Begin(now, at => events.Time.GetElapsedTime(at, now) >= Between)) return;
        _ = LookAsync(known, now);
    }

    /// <summary>Of shows whose desks are all closed nothing is kept, so that old news is never told as new.</summary>
    public void Forget(long show) => watched.TryRemove(show, out _);

    /// <summary>Whether nothing of it is under way.</summary>
    internal bool IsIdle(long show) => !watched.TryGetValue(show, out var known) || !known.IsRunning;

    public void Dispose()
    {
        ending.Cancel();
        fetch.Dispose();
        ending.Dispose();
    }

    private async Task LookAsync(Watched known, long now)
    {
        try
        {
            await places.WaitAsync(ending.Token);
            try
            {
                known.Saw(await FindAsync(known.Url), now, events.Time);
            }
            finally
            {
                places.Release();
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or ObjectDisposedException)
        {
            // The process ends.
        }
        finally
        {
            known.End();
        }
    }

    private async Task<Found> FindAsync(string url)
    {
        try
        {
            var (text, address) = await fetch.ReadAsync(url, ending.Token);
            var playlist = Playlist.Read(text);
            if (playlist is { Variant: { } variant })
            {
                (text, _) = await fetch.ReadAsync(new Uri(address, variant).AbsoluteUri, ending.Token);
                playlist = Playlist.Read(text);
            }

            return playlist is null or { Variant: not null } ? Found.Nothing : new Found(true, playlist);
        }
        catch (StreamFetch.NotAllowedException)
        {
            return Found.Unasked;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or UriFormatException or InvalidDataException
            || (fault is OperationCanceledException && !ending.IsCancellationRequested))
        {
            return Found.Nothing;
        }
    }

    /// <param name="Asked">False where this server may not go there.</param>
    private sealed record Found(bool Asked, Playlist? Playlist)
    {
        public static Found Nothing { get; } = new(true, null);

        public static Found Unasked { get; } = new(false, null);
    }

    /// <summary>What a playlist says of itself (RFC 8216).</summary>
    /// <param name="Variant">The first of a master playlist's streams; null for a playlist of segments.</param>
    /// <param name="Ended">Nothing more will come: a recording, or a show that is over.</param>
    /// <param name="Segment">Seconds of a segment at most.</param>
    /// <param name="Mark">Changes as soon as a segment comes or goes.</param>
    internal sealed record Playlist(string? Variant, bool Ended, int Segment, string Mark)
    {
        /// <summary>Null for what is no playlist.</summary>
        public static Playlist? Read(string text)
        {
            if (!text.StartsWith("#EXTM3U", StringComparison.Ordinal)) return null;
            string? variant = null;
            var (ended, segment, awaits) = (false, 6, false);
            foreach (var raw in text.Split('\n'))
            {
                var line = raw.Trim();
                if (line.StartsWith("#EXT-X-STREAM-INF", StringComparison.Ordinal)) awaits = true;
                else if (line == "#EXT-X-ENDLIST") ended = true;
                else if (line.StartsWith("#EXT-X-TARGETDURATION:", StringComparison.Ordinal)
                    && int.TryParse(line["#EXT-X-TARGETDURATION:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                    segment = Math.Clamp(seconds, 1, 60);
                else if (awaits && line.Length > 0 && line[0] != '#')
                    (variant, awaits) = (variant ?? line, false);
            }

            return new Playlist(variant, ended, segment, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        }
    }

    /// <summary>What is known of one stream. All of it happens under its own lock.</summary>
    private sealed class Watched(string url)
    {
        private readonly Lock gate = new();
        private long? begun;
        private bool running;
        private int failures;
        private string? mark;
        private long changed;

        public string Url => url;

        public string State { get; private set; } = Unknown;

        public bool Begin(long now, Func<long, bool> isDue)
        {
            lock (gate)
            {
                if (running || (begun is { } at && !isDue(at))) return false;
                (running, begun) = (true, now);
                return true;
            }
        }

        public bool IsRunning
        {
            get
            {
                lock (gate) return running;
            }
        }

        public void End()
        {
            lock (gate) running = false;
        }

        public void Saw(Found found, long now, TimeProvider time)
        {
            lock (gate)
            {
                if (!found.Asked) State = Unknown;
                else if (found.Playlist is not { } playlist)
                {
                    if (++failures >= failuresToDown) State = Down;
                }
                else
                {
                    failures = 0;
                    if (playlist.Mark != mark) (mark, changed) = (playlist.Mark, now);
                    var still = TimeSpan.FromSeconds(stillSegments * playlist.Segment);
                    State = playlist.Ended || time.GetElapsedTime(changed, now) <= (still > leastStill ? still : leastStill) ? Ok : Down;
                }
            }
        }
    }
}
