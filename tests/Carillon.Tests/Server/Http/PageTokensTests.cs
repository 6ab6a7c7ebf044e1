using System.Buffers.Text;
using System.Security.Cryptography;
using Carillon.Server.Http;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Server.Http;

public sealed class PageTokensTests : IDisposable
{
    private readonly PageTokens _tokens = new(RandomNumberGenerator.GetBytes(32));

    private static readonly Gen<long> _position = ArbMap.Default.GeneratorFor<long>();

    private static readonly Gen<string> _list = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get.Replace('\uFFFD', '?'));

    [Fact]
    public void A_token_opens_to_the_position_it_was_sealed_with() => Prop.ForAll(
        _position.Zip(_list).ToArbitrary(),
        x => _tokens.Open(_tokens.Seal(x.Item1, x.Item2), x.Item2) == x.Item1).QuickCheckThrowOnFailure();

    [Fact]
    public void A_token_opens_for_its_own_list_alone() => Prop.ForAll(
        _list.Zip(Gen.Elements("a", "\n", " ", "ListChannels")).ToArbitrary(),
        x => _tokens.Open(_tokens.Seal(7, x.Item1), x.Item1 + x.Item2) is null
            && _tokens.Open(_tokens.Seal(7, x.Item1), x.Item2 + x.Item1) is null).QuickCheckThrowOnFailure();

    [Fact]
    public void A_token_with_any_bit_turned_is_none()
    {
        var token = Base64Url.DecodeFromChars(_tokens.Seal(123456, "list"));
        for (var bit = 0; bit < token.Length * 8; bit++)
        {
            var spoiled = (byte[])token.Clone();
            spoiled[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(_tokens.Open(Base64Url.EncodeToString(spoiled), "list"));
        }
    }

    [Fact]
    public void What_is_no_token_is_refused_quietly() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get).ToArbitrary(),
        text => _tokens.Open(text, "list") is null).QuickCheckThrowOnFailure();

    [Fact]
    public void A_token_that_is_cut_or_longer_is_none()
    {
        var token = _tokens.Seal(1, "list");

        Assert.All(Enumerable.Range(0, token.Length), length => Assert.Null(_tokens.Open(token[..length], "list")));
        Assert.Null(_tokens.Open(token + "A", "list"));
        Assert.Null(_tokens.Open(token + token, "list"));
    }

    [Fact]
    public void The_same_place_seals_to_another_token_each_time() => Assert.NotEqual(_tokens.Seal(1, "list"), _tokens.Seal(1, "list"));

    [Fact]
    public void A_token_fits_where_the_model_puts_it() => Assert.InRange(_tokens.Seal(long.MaxValue, new string('l', 10_000)).Length, 1, 2048);

    [Fact]
    public void A_token_of_another_installation_is_none()
    {
        using var other = new PageTokens(RandomNumberGenerator.GetBytes(32));

        Assert.Null(_tokens.Open(other.Seal(1, "list"), "list"));
    }

    public void Dispose() => _tokens.Dispose();
}
