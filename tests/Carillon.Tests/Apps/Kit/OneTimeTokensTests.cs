using Carillon.Kit.SignIn;
using Xunit;

namespace Carillon.Tests.Apps.Kit;

public class OneTimeTokensTests
{
    private readonly ManualTime time = new();

    [Fact]
    public void A_token_is_good_once()
    {
        var tokens = new OneTimeTokens(time);
        var token = tokens.Issue();

        Assert.Equal(Redemption.Accepted, tokens.Redeem(token));
        Assert.Equal(Redemption.Used, tokens.Redeem(token));
    }

    [Fact]
    public async Task Of_many_who_present_it_at_once_one_is_accepted()
    {
        var tokens = new OneTimeTokens(time);
        var token = tokens.Issue();

        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => tokens.Redeem(token))));

        Assert.Single(results, Redemption.Accepted);
    }

    [Fact]
    public void A_token_is_good_for_an_hour()
    {
        var tokens = new OneTimeTokens(time);
        var (early, late) = (tokens.Issue(), tokens.Issue());

        time.Pass(OneTimeTokens.Life - TimeSpan.FromSeconds(1));
        Assert.Equal(Redemption.Accepted, tokens.Redeem(early));
        time.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(Redemption.Expired, tokens.Redeem(late));
    }

    [Theory]
    [InlineData("")]
    [InlineData("guess")]
    public void What_was_not_issued_is_unknown(string token)
    {
        var tokens = new OneTimeTokens(time);
        tokens.Issue();

        Assert.Equal(Redemption.Unknown, tokens.Redeem(token));
    }

    [Fact]
    public void A_token_holds_256_bits_and_fits_a_link()
    {
        var token = new OneTimeTokens(time).Issue();

        Assert.Matches("^[A-Za-z0-9_-]{43}$", token);
    }
}
