using System.Text;
using Carillon.Server.Bulk;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Server.Bulk;

public class BulkLinesTests
{
    private static readonly Gen<string> _line = Gen.Elements("", " ", "a", "{}", "\r", new string('x', 100), new string('y', 70_000));

    [Fact]
    public void Lines_come_whole_in_their_order_however_they_arrive() => Prop.ForAll(
        _line.ListOf().Zip(Gen.Elements(7, 4096, 65536)).Zip(Gen.Elements("\n", "")).ToArbitrary(),
        x =>
        {
            var ((lines, step), end) = x;
            var expected = lines.Select((text, i) => (Number: i + 1L, text)).Where(l => l.text.Trim(' ', '\r').Length > 0);
            var text = string.Join('\n', lines) + (lines.Count > 0 ? end : "");
            return Read(text, step).SequenceEqual(expected);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_slice_is_bounded_by_items_and_by_bytes()
    {
        var many = Slices(string.Concat(Enumerable.Repeat("x\n", 1000)), 65536);
        Assert.All(many, slice => Assert.InRange(slice.Count, 1, BulkLines.MostItems));
        Assert.Equal(1000, many.Sum(s => s.Count));

        var large = Slices(string.Concat(Enumerable.Repeat(new string('x', 200_000) + "\n", 20)), 65536);
        Assert.All(large, slice => Assert.InRange(slice.Sum(l => l.Bytes!.Length), 1, 800_000));
        Assert.Equal(20, large.Sum(s => s.Count));
    }

    private static IEnumerable<(long Number, string Text)> Read(string text, int step) =>
        Slices(text, step).SelectMany(slice => slice).Select(l => (l.Number, Encoding.UTF8.GetString(l.Bytes!)));

    private static List<List<BulkLine>> Slices(string text, int step)
    {
        var lines = new BulkLines(new Dripping(Encoding.UTF8.GetBytes(text), step));
        var slices = new List<List<BulkLine>>();
        while (lines.NextSlice(CancellationToken.None).GetAwaiter().GetResult() is { Count: > 0 } slice)
        {
            slices.Add(slice);
        }

        return slices;
    }

    /// <summary>Gives out so many bytes at a time.</summary>
    private sealed class Dripping(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
    }
}
