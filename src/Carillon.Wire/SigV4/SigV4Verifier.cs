using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Carillon.Wire.SigV4;

/// <summary>Proves a claim with the key it names. What needs no key was judged by <see cref="SigV4Reader"/>.</summary>
public static class SigV4Verifier
{
    private const int SignatureLength = 64;

    /// <summary>Null when the signature is right and covers this body.</summary>
    /// <param name="body">As received; empty for a WebSocket.</param>
    public static SigV4Fault? Verify(in RawRequest request, SigV4Claim claim, ReadOnlySpan<byte> body, string secret)
    {
        Span<byte> key = stackalloc byte[SigningKey.Size];
        SigningKey.Derive(secret, claim.Date, claim.Region, claim.Service, key);
        var fault = Verify(request, claim, body, key);
        CryptographicOperations.ZeroMemory(key);
        return fault;
    }

    /// <param name="key">What <see cref="SigningKey.Derive"/> gives for the claim's date, region and service.</param>
    public static SigV4Fault? Verify(
        in RawRequest request, SigV4Claim claim, ReadOnlySpan<byte> body, ReadOnlySpan<byte> key)
    {
        Span<byte> bodyHash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, bodyHash);

        // What the client declares is what it signed, whatever the body turned out to be; the body is compared below.
        var declared = request.Header(SigV4Names.ContentSha256);
        if (declared is not null && !IsSha256(declared))
        {
            return new(SigV4Reason.PayloadNotHashed,
                $"'{SigV4Names.ContentSha256}' must be the SHA-256 of the payload, got '{declared}'");
        }

        Span<char> payloadHash = stackalloc char[SHA256.HashSizeInBytes * 2];
        Convert.TryToHexStringLower(bodyHash, payloadHash, out _);
        if (!HasRightSignature(request, claim, declared is null ? payloadHash : declared, key))
        {
            return Mismatch();
        }

        Span<byte> declaredHash = stackalloc byte[SHA256.HashSizeInBytes];
        if (declared is not null
            && (Convert.FromHexString(declared, declaredHash, out _, out _) != OperationStatus.Done
                || !CryptographicOperations.FixedTimeEquals(declaredHash, bodyHash)))
        {
            return new(SigV4Reason.PayloadMismatch,
                "The provided 'x-amz-content-sha256' header does not match what was computed.");
        }

        return null;
    }

    /// <summary>
    /// Proves everything but the body: null when the signature is right for the hash that X-Amz-Content-Sha256 declares.
    /// Nothing may be done with a body before it was held against that hash.
    /// </summary>
    public static SigV4Fault? VerifyHead(in RawRequest request, SigV4Claim claim, ReadOnlySpan<byte> key)
    {
        if (request.Header(SigV4Names.ContentSha256) is not { } declared || !IsSha256(declared))
        {
            return new(SigV4Reason.PayloadNotHashed, $"'{SigV4Names.ContentSha256}' must be the SHA-256 of the payload");
        }

        return HasRightSignature(request, claim, declared, key) ? null : Mismatch();
    }

    private static SigV4Fault Mismatch() => new(SigV4Reason.SignatureMismatch,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret"
        + " Access Key and signing method. Consult the service documentation for details.");

    private static bool HasRightSignature(
        in RawRequest request, SigV4Claim claim, ReadOnlySpan<char> payloadHash, ReadOnlySpan<byte> key)
    {
        // Clients write lower-case hex; upper case would be a second name for the same signature.
        Span<byte> given = stackalloc byte[SignatureLength];
        if (claim.Signature.Length != SignatureLength || !Ascii.IsValid(claim.Signature)) return false;
        Encoding.ASCII.GetBytes(claim.Signature, given);

        if (!claim.IsPresigned)
            return Matches(request, claim, payloadHash, QuerySpelling.Reencoded, QueryOmission.Nothing, key, given);

        // Most presigners sign the query they send: browsers' leave ! ' ( ) * bare in both, Android's writes + for a
        // space. Others decode and encode, and some append the token when all is signed. Each way names one request.
        return MatchesEitherSpelling(request, claim, payloadHash, QueryOmission.Signature, key, given)
            || (claim.SessionToken is not null
                && MatchesEitherSpelling(request, claim, payloadHash, QueryOmission.SignatureAndToken, key, given));
    }

    private static bool MatchesEitherSpelling(
        in RawRequest request,
        SigV4Claim claim,
        ReadOnlySpan<char> payloadHash,
        QueryOmission without,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> given) =>
        Matches(request, claim, payloadHash, QuerySpelling.AsSent, without, key, given)
        || Matches(request, claim, payloadHash, QuerySpelling.Reencoded, without, key, given);

    private static bool Matches(
        in RawRequest request,
        SigV4Claim claim,
        ReadOnlySpan<char> payloadHash,
        QuerySpelling spelling,
        QueryOmission without,
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> given)
    {
        var canonical = new Utf8Writer(stackalloc byte[2048]);
        try
        {
            CanonicalRequest.Write(request, claim.SignedHeaders, payloadHash, spelling, without, ref canonical);
            Span<byte> expected = stackalloc byte[SignatureLength];
            Span<char> timestamp = stackalloc char[SigV4Time.Length];
            SigV4Time.Write(claim.Timestamp, timestamp);
            Span<char> room = stackalloc char[128];
            ReadOnlySpan<char> scope = claim.TryWriteScope(room, out var length) ? room[..length] : claim.Scope;
            SigningKey.Sign(key, timestamp, scope, canonical.Written, expected);
            return CryptographicOperations.FixedTimeEquals(expected, given);
        }
        finally
        {
            canonical.Dispose();
        }
    }

    private static bool IsSha256(string text)
    {
        if (text.Length != SHA256.HashSizeInBytes * 2) return false;
        foreach (var c in text)
            if (!char.IsAsciiHexDigit(c)) return false;
        return true;
    }
}
