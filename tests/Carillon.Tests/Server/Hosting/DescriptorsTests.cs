using Carillon.Server.Hosting;
using Xunit;

namespace Carillon.Tests.Server.Hosting;

public sealed class DescriptorsTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(20_000L)]
    [InlineData(1_048_576L)]
    public void With_enough_of_them_all_that_is_set_is_served(long? limit) =>
        Assert.Equal(new(12_000, 3_000, 4_096), Descriptors.Share(limit, 12_000));

    [Theory]
    [InlineData(19_000)]
    [InlineData(8_192)]
    [InlineData(4_096)]
    [InlineData(1_024)]
    [InlineData(256)]
    public void With_fewer_all_shares_together_leave_some_for_the_server_itself(int limit)
    {
        var files = Descriptors.Share(limit, 12_000);
        Assert.InRange(files.Sockets, 32, 12_000);
        Assert.InRange(files.Requests, 32, 3_000);
        Assert.InRange(files.Sockets + files.Requests + files.Undecided, 0, limit - Math.Min(512, limit / 4));
    }

    [Fact]
    public void With_next_to_none_it_does_not_start_and_says_why() => Assert.Contains(
        "ulimit -n", Assert.Throws<SettingException>(() => Descriptors.Share(40, 12_000)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_system_is_asked_for_the_limit()
    {
        if (OperatingSystem.IsLinux())
        {
            Assert.InRange(Descriptors.Limit() ?? long.MaxValue, 64, long.MaxValue);
        }
    }
}
