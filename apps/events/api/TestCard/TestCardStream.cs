using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Carillon.Kit.Pages;

namespace Carillon.Events.TestCard;

/// <summary>
/// A live stream that needs no encoder: a film of a few seconds (<c>card.mp4</c>, made by <c>film.mjs</c>) and its bell
/// (<c>sound.mp4</c>, made by <c>sound.mjs</c>), over and over, told as HLS.
/// The sample plays it, and whoever wants to try a show before there is a stream.
/// </summary>
/// <remarks>
/// Which piece is on the air the clock alone says, so that all processes tell the same and a restart breaks nothing off. The
/// stream's own time begins anew with each day of UTC, a discontinuity, because captions count it with 33 bits, which last 26 hours.
/// </remarks>
internal sealed class TestCardStream
{
    public const string Address = "/events/test-card/live.m3u8";

    /// <summary>Of one piece; the film has this many, and its frames this many ticks a second. As <c>film.mjs</c> makes it.</summary>
    private const int seconds = 2, pieces = 6, ticks = 10_000;

    /// <summary>The sound's frames a second are no whole number, so that its pieces differ by one; all together last as long as the film.</summary>
    private const int soundRate = 32_000, frameLength = 1024, framesPerLoop = pieces * seconds * soundRate / frameLength;

    private const int perDay = 24 * 3600 / seconds;

    /// <summary>Pieces of the list: twenty seconds, so that who paused for a moment goes on where they were.</summary>
    private const int listed = 10;

    // One for each piece of the film, so that what is read fits to what is seen.
    private static readonly string[] words =
    [
        "A bell swings to and fro.", "This is a test card: the sample show has no artist.", "Its bell rings once a second.",
        "A dot below counts twelve seconds.", "Then it begins again.", "The chat beside it is real.",
    ];

    private readonly (byte[] Head, byte[][] Pieces) film, sound;
    private readonly TimeProvider time;

    private TestCardStream(TimeProvider time)
    {
        this.time = time;
        (film, sound) = (Cut("card.mp4"), Cut("sound.mp4"));
    }

    public static void Map(IEndpointRouteBuilder routes, TimeProvider time)
    {
        var card = new TestCardStream(time);
        routes.MapMethods("/events/test-card/{file}", [HttpMethods.Get, HttpMethods.Head], card.AnswerAsync);
    }

    /// <summary>What a player reads first, and the pieces.</summary>
    private static (byte[] Head, byte[][] Pieces) Cut(string name)
    {
        using var resource = typeof(TestCardStream).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} was not built in.");
        var file = new byte[resource.Length];
        resource.ReadExactly(file);
        var starts = new List<int>();
        for (var at = 0; at < file.Length; at += (int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at)))
            if (file.AsSpan(at + 4, 4).SequenceEqual("moof"u8)) starts.Add(at);
        if (starts.Count != pieces) throw new InvalidOperationException($"{name} has {starts.Count} pieces, not {pieces}.");
        return (file[..starts[0]], [.. starts.Select((start, n) => file[start..(n + 1 < pieces ? starts[n + 1] : file.Length)])]);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        PageHeaders.Write(context.Response, []);
        if (Find((string)context.Request.RouteValues["file"]!) is not var (type, bytes, lasts))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        // What a number means today it means every day.
        context.Response.Headers.CacheControl = lasts ? "public, max-age=3600" : "no-store";
        if (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private (string Type, byte[] Bytes, bool Lasts)? Find(string file)
    {
        const string lists = "application/vnd.apple.mpegurl";
        return file switch
        {
            "live.m3u8" => (lists, Encoding.UTF8.GetBytes(Live), false),
            "video.m3u8" => (lists, Encoding.UTF8.GetBytes(List("#EXT-X-MAP:URI=\"head.mp4\"\n", "video", "m4s", FilmAt)), false),
            "sound.m3u8" => (lists, Encoding.UTF8.GetBytes(List("#EXT-X-MAP:URI=\"sound-head.mp4\"\n", "sound", "m4s", SoundAt)), false),
            "captions.m3u8" => (lists, Encoding.UTF8.GetBytes(List("", "captions", "vtt", FilmAt)), false),
            "head.mp4" => ("video/mp4", film.Head, true),
            "sound-head.mp4" => ("audio/mp4", sound.Head, true),
            _ when NumberOf(file, "video-", ".m4s") is { } number => ("video/mp4", Piece(film.Pieces, number, FilmAt(number)), true),
            _ when NumberOf(file, "sound-", ".m4s") is { } number => ("audio/mp4", Piece(sound.Pieces, number, SoundAt(number)), true),
            _ when NumberOf(file, "captions-", ".vtt") is { } number => ("text/vtt; charset=utf-8", Captions(number), true),
            _ => null,
        };
    }

    private const string Live = """
        #EXTM3U
        #EXT-X-VERSION:7
        #EXT-X-INDEPENDENT-SEGMENTS
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Bell",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="1",URI="sound.m3u8"
        #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,URI="captions.m3u8"
        #EXT-X-STREAM-INF:BANDWIDTH=175000,AVERAGE-BANDWIDTH=125000,CODECS="avc1.42C016,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=20.000,AUDIO="sound",SUBTITLES="captions"
        video.m3u8

        """;

    /// <summary>The pieces that are over, the newest last: what is on the air now is not finished, as with any encoder.</summary>
    /// <param name="at">When a piece of the day begins, in ticks of its own.</param>
    private string List(string map, string name, string extension, Func<int, Moment> at)
    {
        var first = (time.GetUtcNow().ToUnixTimeSeconds() / seconds) - listed;
        var list = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:7\n").Append(CultureInfo.InvariantCulture, $"""
            #EXT-X-TARGETDURATION:{seconds}
            #EXT-X-MEDIA-SEQUENCE:{first}
            #EXT-X-DISCONTINUITY-SEQUENCE:{first / perDay}

            """).Append(map);
        list.Append(CultureInfo.InvariantCulture,
            $"#EXT-X-PROGRAM-DATE-TIME:{DateTimeOffset.FromUnixTimeSeconds(first * seconds):yyyy-MM-ddTHH:mm:ss.fffZ}\n");
        for (var piece = first; piece < first + listed; piece++)
        {
            if (piece > first && piece % perDay == 0) list.Append("#EXT-X-DISCONTINUITY\n").Append(map);
            var number = (int)(piece % perDay);
            var length = (double)(at(number + 1).Ticks - at(number).Ticks) / at(number).PerSecond;
            list.Append(CultureInfo.InvariantCulture, $"#EXTINF:{length:F3},\n{name}-{number}.{extension}\n");
        }

        return list.ToString();
    }

    private static Moment FilmAt(int number) => new((ulong)number * seconds * ticks, ticks);

    /// <summary>The first frame that begins in the piece, as <c>sound.mjs</c> cuts it.</summary>
    private static Moment SoundAt(int number)
    {
        var (loop, piece) = Math.DivRem(number, pieces);
        return new((ulong)((loop * framesPerLoop) + (((piece * framesPerLoop) + pieces - 1) / pieces)) * frameLength, soundRate);
    }

    /// <summary>A piece with the time at which it is on the air today.</summary>
    private static byte[] Piece(byte[][] all, int number, Moment at)
    {
        var piece = all[number % pieces].ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(piece.AsSpan(Inside(piece, "mfhd"u8)), (uint)number + 1);
        BinaryPrimitives.WriteUInt64BigEndian(piece.AsSpan(Inside(piece, "tfdt"u8)), at.Ticks);
        return piece;
    }

    /// <summary>Where the box's content begins behind its version and flags. The boxes that are asked for come before any picture.</summary>
    private static int Inside(byte[] piece, ReadOnlySpan<byte> box) => piece.AsSpan().IndexOf(box) + 8;

    private static byte[] Captions(int number) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"""
        WEBVTT
        X-TIMESTAMP-MAP=MPEGTS:{(long)number * seconds * 90_000},LOCAL:00:00:00.000

        00:00:00.000 --> 00:00:0{seconds}.000
        {words[number % pieces]}

        """));

    private static int? NumberOf(string file, string before, string after) =>
        file.StartsWith(before, StringComparison.Ordinal) && file.EndsWith(after, StringComparison.Ordinal)
        && int.TryParse(file.AsSpan()[before.Length..^after.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number < perDay ? number : null;

    /// <summary>A time of the day's stream, in ticks of a track.</summary>
    private readonly record struct Moment(ulong Ticks, int PerSecond);
}
