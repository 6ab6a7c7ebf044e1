using System.Text;
using Carillon.Core;
using Xunit;

namespace Carillon.Tests.Core;

public class SealedBoxTests
{
    private static readonly byte[] Master = new byte[32];
    private static readonly byte[] Bound = Encoding.UTF8.GetBytes("list");

    /// <summary>The framework's cipher is not safe to share; sharing one made tokens that nobody could open.</summary>
    [Fact]
    public void What_many_threads_seal_at_once_opens_again()
    {
        using var box = new SealedBox(Master, "test");

        Parallel.For(0, 20_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var secret = BitConverter.GetBytes(i);
            Assert.Equal(secret, box.Open(box.Seal(secret, Bound), Bound));
        });
    }

    [Fact]
    public void Every_changed_byte_is_noticed()
    {
        using var box = new SealedBox(Master, "test");
        var made = box.Seal("secret"u8, Bound);
        for (var i = 0; i < made.Length; i++)
        {
            var changed = made.ToArray();
            changed[i] ^= 1;

            Assert.Null(box.Open(changed, Bound));
        }
    }

    [Fact]
    public void Another_purpose_or_another_bound_text_does_not_open_it()
    {
        using var box = new SealedBox(Master, "test");
        using var other = new SealedBox(Master, "other");
        var made = box.Seal("secret"u8, Bound);

        Assert.Null(other.Open(made, Bound));
        Assert.Null(box.Open(made, "other list"u8));
        Assert.Null(box.Open(made.AsSpan(0, 20), Bound));
        Assert.NotNull(box.Open(made, Bound));
    }
}
