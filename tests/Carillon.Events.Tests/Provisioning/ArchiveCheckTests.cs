using System.Text;
using Carillon.Events.Core.Archive;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

public class ArchiveCheckTests
{
    private static readonly string[] whole = Lines();

    /// <summary>Four that were said, one of them edited, one redacted, one deleted.</summary>
    private static string[] Lines()
    {
        ArchiveEvent Event(ArchiveKind kind, int message) => new(
            kind, $"m{message}", 1_000_000L * message, $"arn:aws:chime:us-east-1:123456789012:app-instance/a/user/t-{message}", "Ada",
            "STANDARD", $"text <{message}> \u2028 ü", null, false);
        ArchiveEvent[] events =
        [
            Event(ArchiveKind.Said, 1), Event(ArchiveKind.Said, 2), Event(ArchiveKind.Edited, 1), Event(ArchiveKind.Redacted, 2),
            Event(ArchiveKind.Said, 3), Event(ArchiveKind.Said, 4), Event(ArchiveKind.Deleted, 3),
        ];
        var hash = ArchiveChain.Beginning;
        return [.. events.Select((happened, i) =>
        {
            var entry = ArchiveChain.Entry("show", i + 1, happened, i + 10, null);
            hash = ArchiveChain.Next(hash, entry);
            var removed = happened switch
            {
                { Kind: ArchiveKind.Said, MessageId: "m2" } => ",\"removed\":4",
                { Kind: ArchiveKind.Said, MessageId: "m3" } => ",\"removed\":7",
                _ => "",
            };
            return $"{{\"entry\":{entry},\"hash\":\"{Convert.ToHexStringLower(hash)}\"{removed}}}";
        })];
    }

    private static Task<ArchiveCheck> Check(IEnumerable<string> lines) =>
        ArchiveCheck.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n")), default);

    [Fact]
    public async Task A_file_as_it_was_written_is_whole()
    {
        var check = await Check(whole);

        Assert.Equal((7, 4, null), (check.Rows, check.Messages, check.Fault));
        Assert.Contains(Convert.ToHexStringLower(check.Head), whole[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_is_changed_left_out_added_or_put_elsewhere_is_found()
    {
        for (var i = 0; i < whole.Length; i++)
        {
            var (line, rest) = (whole[i], whole.Where((_, at) => at != i).ToList());
            for (var at = 0; at < line.Length; at++)
            {
                // White space around the hash and its mark says nothing.
                var changed = line[..at] + (line[at] == 'x' ? 'y' : 'x') + line[(at + 1)..];
                Assert.True((await Check([.. whole[..i], changed, .. whole[(i + 1)..]])).Fault is not null, changed);
            }

            if (i < whole.Length - 1) Assert.NotNull((await Check(rest)).Fault);
            Assert.NotNull((await Check([.. whole[..i], line, .. whole[i..]])).Fault);
            if (i > 0) Assert.NotNull((await Check([.. whole[..(i - 1)], line, whole[i - 1], .. whole[(i + 1)..]])).Fault);
        }

        // What is cut off at the end only the hash tells that was noted down.
        var cut = await Check(whole[..5]);
        Assert.NotEqual((await Check(whole)).Head, cut.Head);
    }

    [Fact]
    public async Task A_mark_that_is_added_or_taken_away_is_found()
    {
        Assert.NotNull((await Check([whole[0].Replace("}", ",\"removed\":4}", StringComparison.Ordinal), .. whole[1..]])).Fault);
        Assert.NotNull((await Check([whole[0], whole[1].Replace(",\"removed\":4", "", StringComparison.Ordinal), .. whole[2..]])).Fault);
        Assert.NotNull((await Check([whole[0], whole[1].Replace(":4}", ":7}", StringComparison.Ordinal), .. whole[2..]])).Fault);
    }
}
