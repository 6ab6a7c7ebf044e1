using System.Text;
using Carillon.Server.Federation;
using Carillon.Wire.Tokens;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Server.Access;

/// <summary>Whatever is sent in place of a token or a key set is refused in the one way that is provided for.</summary>
public sealed class TokenFuzzTests
{
    private static readonly Issuer _issuer = new();
    private static readonly string _good = _issuer.Rs256(Issuer.Claims(DateTimeOffset.UnixEpoch));

    [Fact]
    public void Any_text_is_a_token_or_is_refused_as_none() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text => ParsesOrFaults(text.Get)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_token_with_anything_changed_does_not_verify()
    {
        var keys = KeySet.Parse(Encoding.UTF8.GetBytes(_issuer.KeySet));
        Assert.True(keys.Verify(Jwt.Parse(_good)));
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var letters = _good.ToCharArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                letters[random.Next(letters.Length)] = (char)random.Next(33, 127);
            }

            var changed = new string(letters);
            if (changed != _good)
            {
                Assert.True(Faults(() => keys.Verify(Jwt.Parse(changed)) == true), changed);
            }
        }
    }

    [Fact]
    public void Any_bytes_are_a_key_set_or_are_refused_as_none()
    {
        var good = Encoding.UTF8.GetBytes(_issuer.KeySet);
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = (byte[])good.Clone();
            for (var changes = random.Next(1, 8); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 127);
            }

            try
            {
                _ = KeySet.Parse(bytes).Verify(Jwt.Parse(_good));
            }
            catch (FormatException)
            {
                // The one way.
            }
        }
    }

    private static bool ParsesOrFaults(string text)
    {
        Faults(() => Jwt.Parse(text) is null);
        return true;
    }

    /// <summary>True where it is refused or false; any other exception is the test's failure.</summary>
    private static bool Faults(Func<bool> verify)
    {
        try
        {
            return !verify();
        }
        catch (TokenFault)
        {
            return true;
        }
    }
}
