using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Xunit;

namespace Carillon.Events.Tests;

public sealed partial class TestCardTests(TimedEventsHost host) : IClassFixture<TimedEventsHost>
{
    [Fact]
    public async Task What_is_on_the_air_goes_on_with_the_clock_and_skips_nothing()
    {
        var before = await List("video");
        host.Clock.Pass(TimeSpan.FromSeconds(4));

        var after = await List("video");

        Assert.Equal(before.Sequence + 2, after.Sequence);
        Assert.Equal(before.Pieces[2..], after.Pieces[..^2]);
        Assert.Equal(after.Pieces.Length, after.Pieces.Distinct().Count());
    }

    [Fact]
    public async Task At_midnight_its_time_begins_anew_and_players_are_told()
    {
        var now = host.Time.GetUtcNow();
        host.Clock.Pass(now.Date.AddDays(1).AddSeconds(9) - now.DateTime);

        var list = await List("video");
        host.Clock.Pass(TimeSpan.FromMinutes(1));
        var later = await List("video");

        Assert.Equal("video-43199.m4s", list.Pieces[^5]);
        Assert.Equal("video-0.m4s", list.Pieces[^4]);
        Assert.Matches("DISCONTINUITY\\n#EXT-X-MAP:URI=\"head.mp4\"\\n#EXTINF:2.000,\\nvideo-0.m4s", list.Text);
        Assert.Equal(list.Discontinuities + 1, later.Discontinuities);
        Assert.DoesNotContain("EXT-X-DISCONTINUITY\n", later.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_piece_carries_the_time_at_which_it_is_seen_and_so_do_its_captions()
    {
        var (type, piece) = await Get("video-40000.m4s");
        var (_, words) = await Get("captions-40000.vtt");

        Assert.Equal("video/mp4", type);
        var time = piece.AsSpan()[(piece.AsSpan().IndexOf("tfdt"u8) + 8)..];
        Assert.Equal(80_000ul * 10_000, BinaryPrimitives.ReadUInt64BigEndian(time));
        Assert.Contains($"MPEGTS:{80_000L * 90_000},", System.Text.Encoding.UTF8.GetString(words), StringComparison.Ordinal);
    }

    /// <summary>AAC's frames and the film's pieces meet only where the film begins anew: nothing is left out or heard twice before.</summary>
    [Fact]
    public async Task The_sound_goes_on_without_a_gap_from_piece_to_piece_and_ends_the_day_with_the_picture()
    {
        foreach (var first in new[] { 0, 7, 20_000, 43_192 })
        {
            var next = 0ul;
            for (var number = first; number < first + 8; number++)
            {
                var (type, piece) = await Get($"sound-{number}.m4s");
                var time = BinaryPrimitives.ReadUInt64BigEndian(piece.AsSpan()[(piece.AsSpan().IndexOf("tfdt"u8) + 8)..]);
                var frames = BinaryPrimitives.ReadUInt32BigEndian(piece.AsSpan()[(piece.AsSpan().IndexOf("trun"u8) + 8)..]);
                Assert.Equal("audio/mp4", type);
                if (number > first) Assert.Equal(next, time);
                // Beside its picture.
                Assert.InRange((time / 32_000.0) - (number * 2), 0, 0.033);
                next = time + (frames * 1024);
            }

            if (first == 43_192) Assert.Equal(86_400ul * 32_000, next);
        }

        var list = await List("sound");
        Assert.Equal(10, list.Pieces.Length);
        Assert.Equal(list.Sequence, (await List("video")).Sequence);
        var lengths = Regex.Matches(list.Text, @"#EXTINF:([\d.]+)").Select(m => double.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(20, lengths.Sum(), 3);
        Assert.Contains("AUDIO=\"sound\"", System.Text.Encoding.UTF8.GetString((await Get("live.m3u8")).Bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sound-43200.m4s")]
    [InlineData("sound.mp4")]
    [InlineData("video-43200.m4s")]
    [InlineData("video--1.m4s")]
    [InlineData("video-.m4s")]
    [InlineData("card.mp4")]
    public async Task What_is_no_part_of_it_is_not_there(string file)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(host.Address, "/events/test-card/" + file));

        Assert.Equal(404, (int)answer.StatusCode);
    }

    private async Task<(string? Type, byte[] Bytes)> Get(string file)
    {
        using var http = new HttpClient();
        using var answer = await http.GetAsync(new Uri(host.Address, "/events/test-card/" + file));
        answer.EnsureSuccessStatusCode();
        return (answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsByteArrayAsync());
    }

    private async Task<(string Text, long Sequence, long Discontinuities, string[] Pieces)> List(string name)
    {
        var text = System.Text.Encoding.UTF8.GetString((await Get(name + ".m3u8")).Bytes);
        return (text, Number("MEDIA-SEQUENCE"), Number("DISCONTINUITY-SEQUENCE"), [.. PieceLine().Matches(text).Select(m => m.Value)]);

        long Number(string tag) => long.Parse(
            Regex.Match(text, $"#EXT-X-{tag}:(\\d+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^\w+-\d+\.\w+$", RegexOptions.Multiline)]
    private static partial Regex PieceLine();
}
