namespace Carillon.Wire.SigV4;

/// <summary>Words of the protocol. Query parameters are case-sensitive, headers are not.</summary>
internal static class SigV4Names
{
    public const string Algorithm = "AWS4-HMAC-SHA256";
    public const string Terminator = "aws4_request";

    public const string AlgorithmParameter = "X-Amz-Algorithm";
    public const string Credential = "X-Amz-Credential";
    public const string Date = "X-Amz-Date";
    public const string Expires = "X-Amz-Expires";
    public const string SignedHeaders = "X-Amz-SignedHeaders";
    public const string SecurityToken = "X-Amz-Security-Token";
    public const string Signature = "X-Amz-Signature";
    public const string ContentSha256 = "X-Amz-Content-Sha256";

    /// <summary>What clients that speak HTTP/2 by themselves, the JavaScript SDK among them, sign in place of Host.</summary>
    public const string Authority = ":authority";
    public const string Host = "Host";
    public const string ChimeBearer = "x-amz-chime-bearer";
}
