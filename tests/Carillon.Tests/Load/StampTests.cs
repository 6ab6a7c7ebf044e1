using System.Text;
using Carillon.Load.Counting;
using Xunit;

namespace Carillon.Tests.Load;

public class StampTests
{
    private static byte[] Content(params Stamp[] stamps)
    {
        var bytes = Encoding.ASCII.GetBytes(new string('x', 20 + (stamps.Length * 64)));
        for (var i = 0; i < stamps.Length; i++)
        {
            stamps[i].Write(bytes.AsSpan(10 + (i * 64)));
        }

        return bytes;
    }

    [Fact]
    public void Every_stamp_in_some_bytes_is_read()
    {
        Stamp[] stamps = [new(0, 0, 0), new(999, 4_000_000_000, long.MaxValue), new(0xffffff, 17, 123_456_789)];
        ReadOnlySpan<byte> bytes = Content(stamps);

        foreach (var expected in stamps)
        {
            Assert.True(Stamp.TryRead(ref bytes, out var stamp));
            Assert.Equal(expected, stamp);
        }

        Assert.False(Stamp.TryRead(ref bytes, out _));
    }

    [Fact]
    public void A_stamp_that_is_cut_is_an_error()
    {
        var bytes = Content(new Stamp(1, 2, 3));

        Assert.Throws<InvalidDataException>(() =>
        {
            ReadOnlySpan<byte> cut = bytes.AsSpan(0, 10 + Stamp.Size - 1);
            Stamp.TryRead(ref cut, out _);
        });
    }

    [Fact]
    public void A_stamp_that_was_changed_is_an_error()
    {
        var bytes = Content(new Stamp(1, 2, 3));
        bytes[10 + 12] = (byte)'!';

        Assert.Throws<InvalidDataException>(() =>
        {
            ReadOnlySpan<byte> changed = bytes;
            Stamp.TryRead(ref changed, out _);
        });
    }
}
