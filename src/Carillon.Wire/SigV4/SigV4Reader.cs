using System.Diagnostics.CodeAnalysis;

namespace Carillon.Wire.SigV4;

/// <summary>Reads the claim of a request and refuses, in AWS's order, all that can be refused without a key.</summary>
/// <remarks>
/// Time and scope are judged here, before any key is looked up, so that a stranger learns nothing about keys.
/// The sentences are AWS's; a public verifier (dacut/scratchstack-aws-signature) documents them with their order.
/// </remarks>
public static partial class SigV4Reader
{
    public static bool TryRead(
        in RawRequest request,
        SigV4Policy policy,
        DateTimeOffset now,
        [NotNullWhen(true)] out SigV4Claim? claim,
        [NotNullWhen(false)] out SigV4Fault? fault)
    {
        claim = null;
        fault = Read(request, policy, now, out var read);
        if (fault is not null) return false;
        claim = read!;
        return true;
    }

    private static SigV4Fault? Read(
        in RawRequest request, SigV4Policy policy, DateTimeOffset now, out SigV4Claim? claim)
    {
        claim = null;
        if (Percent.FaultIn(request.Path) is { } path) return new(SigV4Reason.MalformedPath, path);
        if (Percent.FaultIn(request.Query) is { } query) return new(SigV4Reason.MalformedQueryString, query);

        var authorizations = request.CountOf("Authorization");
        var presigned = HasAlgorithm(request.Query);
        if (authorizations == 0 && !presigned) return Missing();
        if (authorizations > 0 && presigned)
        {
            return new(SigV4Reason.AmbiguousAuthentication,
                $"Found both '{SigV4Names.AlgorithmParameter}' as a query-string param and 'Authorization' as"
                + " HTTP header.");
        }

        if (authorizations > 1)
            return new(SigV4Reason.RepeatedParameter, "Authorization header must not be given more than once.");

        var fault = presigned ? FromQuery(request, out var parts) : FromHeader(request, out parts);
        fault ??= CheckSignedHeaders(request, parts.SignedHeaders.Span, presigned);
        if (fault is not null) return fault;

        if (!SigV4Time.TryParse(parts.Date!, out var timestamp))
        {
            return new(SigV4Reason.MalformedDate,
                $"Date must be in ISO-8601 'basic format'. Got '{parts.Date}'."
                + " See http://en.wikipedia.org/wiki/ISO_8601");
        }

        TimeSpan? expires = null;
        if (parts.Expires is not null && !TryExpires(parts.Expires, out expires, out fault)) return fault;
        fault = CheckTime(timestamp, expires, policy.Window, now);
        if (fault is not null) return fault;

        var credential = parts.Credential.Span;
        Span<Range> scope = stackalloc Range[6];
        if (credential.Split(scope, '/') != 5)
        {
            return new(SigV4Reason.MalformedCredential,
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term,"
                + $" got '{parts.Credential}'");
        }

        var date = credential[scope[1]];
        var region = credential[scope[2]];
        var service = credential[scope[3]];
        fault = CheckScope(date, region, service, credential[scope[4]], parts.Date!, policy);
        if (fault is not null) return fault;

        claim = new SigV4Claim
        {
            AccessKeyId = credential[scope[0]].ToString(),
            Date = dates.Of(date),
            Region = regions.Of(region),
            Service = services.Of(service),
            SignedHeaders = signedHeaders.Of(parts.SignedHeaders.Span),
            Signature = parts.Signature!,
            Timestamp = timestamp,
            Expires = expires,
            SessionToken = string.IsNullOrEmpty(parts.Token) ? null : parts.Token,
            IsPresigned = presigned,
        };
        return null;
    }

    // The same from one request to the next.
    private static readonly LastText dates = new();
    private static readonly LastText regions = new();
    private static readonly LastText services = new();
    private static readonly LastText signedHeaders = new();

    private static SigV4Fault Missing() => new(SigV4Reason.MissingAuthentication, "Missing Authentication Token");

    private static SigV4Fault? CheckSignedHeaders(in RawRequest request, ReadOnlySpan<char> signedHeaders, bool presigned)
    {
        var host = false;
        foreach (var range in signedHeaders.Split(';'))
        {
            host |= signedHeaders[range] is "host" or SigV4Names.Authority;
        }

        if (!host)
        {
            return new(SigV4Reason.HostNotSigned,
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
        }

        // Ascending, as the specification has it: so no name comes twice, and the work below stays small.
        var last = ReadOnlySpan<char>.Empty;
        foreach (var range in signedHeaders.Split(';'))
        {
            var name = signedHeaders[range];
            if (!IsHeaderName(name) || name.SequenceCompareTo(last) <= 0)
            {
                return new(SigV4Reason.MalformedSignedHeaders,
                    $"'SignedHeaders' must be sorted lower-case header names joined with ';', got '{signedHeaders}'");
            }

            last = name;

            // An absent header would sign as an empty one, and a header that a hop removed must not pass for that.
            if (!Present(request, name))
                return new(SigV4Reason.HeaderNotSigned, $"The signed header '{name}' is not part of the request.");
        }

        // Differs from AWS: services vary in what they insist on. These two say who acts, so a hop must not add them.
        // A token beside a presigned query is either listed or ignored in favour of the query's.
        if (!Signs(request, signedHeaders, SigV4Names.ChimeBearer)) return NotSigned(SigV4Names.ChimeBearer);
        if (!presigned && !Signs(request, signedHeaders, SigV4Names.SecurityToken))
            return NotSigned(SigV4Names.SecurityToken.ToLowerInvariant());
        return null;
    }

    private static SigV4Fault NotSigned(string header) => new(SigV4Reason.HeaderNotSigned,
        $"'{header}' must be a 'SignedHeader' in the AWS Authorization.");

    private static bool Signs(in RawRequest request, ReadOnlySpan<char> signedHeaders, string header)
    {
        if (!Present(request, header)) return true;
        foreach (var range in signedHeaders.Split(';'))
            if (signedHeaders[range].Equals(header, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static bool Present(in RawRequest request, ReadOnlySpan<char> header)
    {
        foreach (var field in request.Headers)
            if (CanonicalRequest.IsOf(field, header)) return true;
        return false;
    }

    private static bool IsHeaderName(ReadOnlySpan<char> name)
    {
        if (name is SigV4Names.Authority) return true;
        foreach (var c in name)
            if (c is <= ' ' or > '~' or ':' or (>= 'A' and <= 'Z')) return false;
        return !name.IsEmpty;
    }

    /// <summary>Gives out the string it gave out last where the text is the same.</summary>
    private sealed class LastText
    {
        private string last = "";

        public string Of(ReadOnlySpan<char> text)
        {
            var kept = Volatile.Read(ref last);
            if (text.SequenceEqual(kept)) return kept;
            kept = text.ToString();
            Volatile.Write(ref last, kept);
            return kept;
        }
    }

    /// <summary>The pieces as sent. After FromHeader and FromQuery all but Expires and Token are present.</summary>
    private struct Parts
    {
        public ReadOnlyMemory<char> Credential;
        public ReadOnlyMemory<char> SignedHeaders;
        public string? Signature;
        public string? Date;
        public string? Expires;
        public string? Token;
    }
}
