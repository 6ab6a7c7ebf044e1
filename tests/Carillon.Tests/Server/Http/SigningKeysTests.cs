using Carillon.Server.Http;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.Http;

public class SigningKeysTests
{
    [Fact]
    public void A_kept_key_is_the_derived_one()
    {
        var keys = new SigningKeys();
        var (first, second) = (new byte[SigningKey.Size], new byte[SigningKey.Size]);

        Assert.False(keys.Derive(Claim("a"), "secret", first));
        Assert.Equal(0, keys.Count);
        keys.Keep(Claim("a"), "secret", first);
        Assert.True(keys.Derive(Claim("a"), "secret", second));
        Assert.Equal(first, second);
    }

    [Fact]
    public void A_key_does_not_outlive_its_secret()
    {
        var keys = new SigningKeys();
        var (old, changed) = (new byte[SigningKey.Size], new byte[SigningKey.Size]);
        keys.Derive(Claim("a"), "secret", old);
        keys.Keep(Claim("a"), "secret", old);

        Assert.False(keys.Derive(Claim("a"), "changed", changed));
        Assert.NotEqual(old, changed);
        keys.Keep(Claim("a"), "changed", changed);
        Assert.True(keys.Derive(Claim("a"), "changed", changed));
        Assert.Equal(1, keys.Count);
    }

    [Fact]
    public void Every_part_of_the_scope_has_its_own_key()
    {
        var keys = new SigningKeys();
        keys.Keep(Claim("a"), "secret", new byte[SigningKey.Size]);
        SigV4Claim[] others =
        [
            Claim("b"), Claim("a", date: "20260103"), Claim("a", region: "eu-central-1"), Claim("a", service: "sts"),
        ];

        Assert.All(others, other => Assert.False(keys.Derive(other, "secret", new byte[SigningKey.Size])));
    }

    [Fact]
    public void No_more_are_kept_than_there_is_room_for()
    {
        var keys = new SigningKeys(capacity: 8);
        for (var i = 0; i < 100; i++)
        {
            keys.Keep(Claim($"{i}"), "secret", new byte[SigningKey.Size]);
            Assert.InRange(keys.Count, 1, 8);
        }
    }

    private static SigV4Claim Claim(
        string key, string date = "20260102", string region = "us-east-1", string service = "chime") => new()
        {
            AccessKeyId = key,
            Date = date,
            Region = region,
            Service = service,
            SignedHeaders = "host",
            Signature = "",
            Timestamp = default,
            IsPresigned = false,
        };
}
