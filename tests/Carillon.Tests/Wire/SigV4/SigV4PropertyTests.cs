using System.Text;
using Carillon.Wire.SigV4;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Wire.SigV4;

public class SigV4PropertyTests
{
    private static readonly Gen<string> text =
        Gen.Elements("a", "Z", "7", "-", ".", "_", "~", "!", "'", "(", ")", "*", "+", "%", "/", "?", "#", "&", "=", " ",
            "@", ":", "é", "ሴ", "😀", "\u0001", "\"", "..").ArrayOf().Select(string.Concat);

    private static readonly Gen<string> word =
        Gen.Elements("abcdefgh0123".ToCharArray()).NonEmptyListOf().Select(string.Concat);

    private static readonly Gen<string> path =
        text.Select(Uri.EscapeDataString).ArrayOf().Select(parts => "/channels/" + string.Join('/', parts));

    private static readonly Gen<string> query =
        (from name in text from value in text select $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}")
        .ArrayOf().Select(pairs => string.Join('&', ["sort-order=ASCENDING", .. pairs]));

    private static readonly Gen<HeaderField> header =
        from name in word
        from value in text.Select(t => "v" + t.Replace('\u0001', ' '))
        select new HeaderField("x-" + name, value);

    private static readonly Gen<SignedRequest> byHeader =
        from method in Gen.Elements("GET", "POST", "PUT", "DELETE")
        from target in path
        from pairs in query
        from headers in header.ArrayOf()
        from body in text.Select(Encoding.UTF8.GetBytes)
        from declare in Gen.Elements(true, false)
        from token in Gen.Elements(null, "tok/en+==")
        select SignedRequest.ByHeader(method, $"{target}?{pairs}", body, declare, token, headers);

    private static readonly Gen<SignedRequest> presigned =
        from pairs in query
        from token in Gen.Elements(null, "tok/en+==")
        from seconds in Gen.Choose(1, 604_800)
        select SignedRequest.Presigned("/connect?" + pairs, seconds, token);

    [Fact]
    public void What_the_signer_signs_verifies() =>
        Prop.ForAll(byHeader.ToArbitrary(), request => request.Judge() is null).QuickCheckThrowOnFailure();

    [Fact]
    public void What_the_signer_presigns_verifies() =>
        Prop.ForAll(presigned.ToArbitrary(), request => request.Judge() is null).QuickCheckThrowOnFailure();

    // A segment that ".." takes back is not part of what is signed, whatever it says.
    [Fact]
    public void A_changed_target_fails() => Prop.ForAll(
        Gen.OneOf(byHeader, presigned).Where(r => !r.Target.Contains("/..", StringComparison.Ordinal)).ToArbitrary(),
        Gen.Choose(0, 100_000).ToArbitrary(),
        (request, at) => (request with { Target = Changed(request.Target, at) }).Judge() is not null)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void A_changed_body_fails() => Prop.ForAll(
        byHeader.ToArbitrary(), Gen.Choose(0, 100_000).ToArbitrary(), (request, at) =>
        {
            byte[] body = [.. request.Body, 0];
            if (request.Body.Length > 0)
            {
                body = [.. request.Body];
                body[at % body.Length] ^= (byte)(1 << (at % 8));
            }

            return (request with { Body = body }).Judge() is not null;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_changed_signed_header_fails() => Prop.ForAll(
        byHeader.ToArbitrary(), Gen.Choose(0, 100_000).ToArbitrary(), (request, at) =>
        {
            var field = request.Headers[at % request.Headers.Length];
            HeaderField[] headers = [.. request.Headers];
            headers[at % headers.Length] = field with { Value = Changed(field.Value, at) };
            return (request with { Headers = headers }).Judge() is not null;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Another_second_key_region_service_or_method_fails()
    {
        var request = SignedRequest.Ordinary;
        var both = new SigV4Policy("chime", "sts");
        SignedRequest[] changed =
        [
            request.With("X-Amz-Date", "20260102T030406Z"),
            request.ReplacingInAuthorization("AKIDEXAMPLE", "AKIDEXAMPLF"),
            request.ReplacingInAuthorization("/us-east-1/", "/us-east-2/"),
            request.ReplacingInAuthorization("/chime/", "/sts/"),
            request with { Method = "PUT" },
            request.With("Host", "localhost:4581"),
            request.With("x-amz-chime-bearer", "arn:aws:chime:user/alicE"),
        ];

        Assert.Null(request.Judge(policy: both));
        Assert.All(changed, other => Assert.Equal(SigV4Reason.SignatureMismatch, other.Judge(policy: both)?.Reason));
    }

    [Fact]
    public void Anything_at_all_is_judged_without_throwing()
    {
        var piece = Gen.OneOf(text, Gen.Elements(
            "AWS4-HMAC-SHA256", " ", "Credential=", "SignedHeaders=", "Signature=", "host", ";", ",", "x-amz-date",
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&", "X-Amz-Credential=", "AKID/20260102/us-east-1/chime/aws4_request",
            "X-Amz-Date=20260102T030405Z&", "X-Amz-Expires=9&", "X-Amz-SignedHeaders=host&", "X-Amz-Signature=", "&",
            "\ud800", "%", "%4", "://", "?"));
        var line = piece.ArrayOf().Select(string.Concat);
        var request =
            from target in line
            from authorization in line
            from date in Gen.OneOf(text, Gen.Constant("20260102T030405Z"))
            from signed in Gen.Elements(true, false)
            select new SignedRequest("GET", target, signed
                ? [new("Host", "h"), new("X-Amz-Date", date), new("Authorization", "AWS4-HMAC-SHA256 " + authorization)]
                : [new("Host", "h"), new("X-Amz-Date", date)], []);

        Prop.ForAll(request.ToArbitrary(), r => r.Judge() is not null)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    // One letter or digit becomes another; never only its case, which an escape would not notice.
    private static string Changed(string text, int at)
    {
        var places = Enumerable.Range(0, text.Length).Where(i => char.IsAsciiLetterOrDigit(text[i])).ToArray();
        var place = places[at % places.Length];
        var other = char.IsAsciiDigit(text[place]) ? 'q' : '7';
        return text[..place] + other + text[(place + 1)..];
    }
}
