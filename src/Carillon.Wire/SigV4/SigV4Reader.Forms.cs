namespace Carillon.Wire.SigV4;

// The two places where a signature may stand.
public static partial class SigV4Reader
{
    private static SigV4Fault? FromHeader(in RawRequest request, out Parts parts)
    {
        parts = default;
        var header = request.Header("Authorization")!;
        var space = header.IndexOf(' ');
        var algorithm = space < 0 ? header : header.AsSpan(0, space);
        if (algorithm is not SigV4Names.Algorithm)
            return new(SigV4Reason.UnsupportedAlgorithm, $"Unsupported AWS 'algorithm': '{algorithm}'.");

        var (credential, signedHeaders) = (false, false);

        var rest = header.AsMemory(algorithm.Length);
        foreach (var range in rest.Span.Split(','))
        {
            var whole = rest[range].Trim();
            var piece = whole.Span;
            if (piece.IsEmpty) continue;
            var equal = piece.IndexOf('=');
            if (equal < 0)
            {
                return new(SigV4Reason.MalformedAuthorization,
                    $"'{piece}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'.");
            }

            // Others are ignored, and of two the last one counts: that is how AWS reads it.
            var value = whole[(equal + 1)..].Trim();
            switch (piece[..equal].TrimEnd())
            {
                case "Credential": (parts.Credential, credential) = (value, true); break;
                case "SignedHeaders": (parts.SignedHeaders, signedHeaders) = (value, true); break;
                case "Signature": parts.Signature = value.ToString(); break;
            }
        }

        parts.Date = request.Header(SigV4Names.Date) ?? request.Header("Date");
        parts.Token = request.Header(SigV4Names.SecurityToken);

        var missing = "";
        if (!credential) missing += "Authorization header requires 'Credential' parameter. ";
        if (parts.Signature is null) missing += "Authorization header requires 'Signature' parameter. ";
        if (!signedHeaders) missing += "Authorization header requires 'SignedHeaders' parameter. ";
        if (parts.Date is null)
            missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
        return missing.Length == 0 ? null : new(SigV4Reason.MissingParameter, $"{missing}Authorization={algorithm}");
    }

    private static bool HasAlgorithm(ReadOnlySpan<char> query)
    {
        var pairs = new QueryPairs(query);
        while (pairs.Next())
            if (pairs.Is(SigV4Names.AlgorithmParameter)) return true;
        return false;
    }

    private static SigV4Fault? FromQuery(in RawRequest request, out Parts parts)
    {
        parts = default;
        string? algorithm = null;
        string? credential = null;
        string? signedHeaders = null;
        string? repeated = null;
        var pairs = new QueryPairs(request.Query);
        while (pairs.Next())
        {
            var name = Percent.Decode(pairs.Name);
            switch (name)
            {
                case SigV4Names.AlgorithmParameter: Take(ref algorithm, pairs, name, ref repeated); break;
                case SigV4Names.Credential: Take(ref credential, pairs, name, ref repeated); break;
                case SigV4Names.Date: Take(ref parts.Date, pairs, name, ref repeated); break;
                case SigV4Names.Expires: Take(ref parts.Expires, pairs, name, ref repeated); break;
                case SigV4Names.SignedHeaders: Take(ref signedHeaders, pairs, name, ref repeated); break;
                case SigV4Names.SecurityToken: Take(ref parts.Token, pairs, name, ref repeated); break;
                case SigV4Names.Signature: Take(ref parts.Signature, pairs, name, ref repeated); break;
            }
        }

        if (algorithm is not (SigV4Names.Algorithm or "")) return Missing();
        if (repeated is not null)
        {
            return new(SigV4Reason.RepeatedParameter,
                $"AWS query-string parameters must include '{repeated}' once. Re-examine the query-string parameters.");
        }

        (parts.Credential, parts.SignedHeaders) = (credential.AsMemory(), signedHeaders.AsMemory());

        // Some signers put the token in a header although they presign.
        parts.Token ??= request.Header(SigV4Names.SecurityToken);

        var missing = Must(algorithm, SigV4Names.AlgorithmParameter)
            + Must(credential, SigV4Names.Credential)
            + Must(parts.Signature, SigV4Names.Signature)
            + Must(signedHeaders, SigV4Names.SignedHeaders)
            + Must(parts.Date, SigV4Names.Date);
        return missing.Length == 0
            ? null
            : new(SigV4Reason.MissingParameter, $"{missing}Re-examine the query-string parameters.");

        static string Must(string? value, string parameter) =>
            string.IsNullOrEmpty(value) ? $"AWS query-string parameters must include '{parameter}'. " : "";
    }

    private static void Take(ref string? part, in QueryPairs pairs, string name, ref string? repeated)
    {
        if (part is not null) repeated = name;
        part = Percent.Decode(pairs.Value);
    }
}
