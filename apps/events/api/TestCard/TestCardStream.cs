using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Carillon.Kit.Pages;

namespace Carillon.Events.TestCard;

/// <summary>
/// A live stream that needs no encoder: a film of a few seconds (<c>card.mp4</c>, made by <c>film.mjs</c>), over and over, told as HLS.
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

    private const int perDay = 24 * 3600 / seconds;

    /// <summary>Pieces of the list: twenty seconds, so that who paused for a moment goes on where they were.</summary>
    private const int listed = 10;

    // One for each piece of the film, so that what is read fits to what is seen.
    private static readonly string[] words =
    [
        "A bell swings to and fro.", "This is a test card: the sample show has no artist.", "It has no sound either.",
        "A dot below counts twelve seconds.", "Then it begins again.", "The chat beside it is real.",
    ];

    private readonly byte[] head;
    private readonly byte[][] film;
    private readonly TimeProvider time;

    private TestCardStream(byte[] file, TimeProvider time)
    {
        this.time = time;
        var starts = new List<int>();
        for (var at = 0; at < file.Length; at += (int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at)))
            if (file.AsSpan(at + 4, 4).SequenceEqual("moof"u8)) starts.Add(at);
        if (starts.Count != pieces) throw new InvalidOperationException($"The test card has {starts.Count} pieces, not {pieces}.");
        head = file[..starts[0]];
        film = [.. starts.Select((start, n) => file[start..(n + 1 < pieces ? starts[n + 1] : file.Length)])];
    }

    public static void Map(IEndpointRouteBuilder routes, TimeProvider time)
    {
        using var resource = typeof(TestCardStream).Assembly.GetManifestResourceStream("card.mp4")
            ?? throw new InvalidOperationException("The test card was not built in.");
        var file = new byte[resource.Length];
        resource.ReadExactly(file);
        var card = new TestCardStream(file, time);
        routes.MapMethods("/events/test-card/{file}", [HttpMethods.Get, HttpMethods.Head], card.AnswerAsync);
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
            "video.m3u8" => (lists, Encoding.UTF8.GetBytes(List("#EXT-X-MAP:URI=\"head.mp4\"\n", "video", "m4s")), false),
            "captions.m3u8" => (lists, Encoding.UTF8.GetBytes(List("", "captions", "vtt")), false),
            "head.mp4" => ("video/mp4", head, true),
            _ when NumberOf(file, "video-", ".m4s") is { } number => ("video/mp4", Piece(number), true),
            _ when NumberOf(file, "captions-", ".vtt") is { } number => ("text/vtt; charset=utf-8", Captions(number), true),
            _ => null,
        };
    }

    private const string Live = """
        #EXTM3U
        #EXT-X-VERSION:7
        #EXT-X-INDEPENDENT-SEGMENTS
        #EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,URI="captions.m3u8"
        #EXT-X-STREAM-INF:BANDWIDTH=140000,AVERAGE-BANDWIDTH=95000,CODECS="avc1.42C016",RESOLUTION=640x360,FRAME-RATE=20.000,SUBTITLES="captions"
        video.m3u8

        """;

    /// <summary>The pieces that are over, the newest last: what is on the air now is not finished, as with any encoder.</summary>
    private string List(string map, string name, string extension)
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
            list.Append(CultureInfo.InvariantCulture, $"#EXTINF:{seconds}.000,\n{name}-{piece % perDay}.{extension}\n");
        }

        return list.ToString();
    }

    /// <summary>The film's piece, with the time at which it is seen today.</summary>
    private byte[] Piece(int number)
    {
        var piece = film[number % pieces].ToArray();
        BinaryPrimitives.WriteUInt32BigEndian(piece.AsSpan(Inside(piece, "mfhd"u8)), (uint)number + 1);
        BinaryPrimitives.WriteUInt64BigEndian(piece.AsSpan(Inside(piece, "tfdt"u8)), (ulong)number * seconds * ticks);
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
}
