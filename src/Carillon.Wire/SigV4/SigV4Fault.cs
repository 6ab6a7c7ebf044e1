namespace Carillon.Wire.SigV4;

/// <summary>Why a signature was not accepted, in the order in which AWS looks.</summary>
public enum SigV4Reason
{
    MalformedPath,
    MalformedQueryString,
    MissingAuthentication,

    /// <summary>Both an Authorization header and a presigned query.</summary>
    AmbiguousAuthentication,
    UnsupportedAlgorithm,
    MalformedAuthorization,
    MissingParameter,

    /// <summary>A parameter or an Authorization header given twice: whoever reads the other one is fooled.</summary>
    RepeatedParameter,
    HostNotSigned,
    MalformedSignedHeaders,

    /// <summary>A header that says who acts is present but not signed, or is signed but absent.</summary>
    HeaderNotSigned,
    MalformedDate,
    MalformedExpires,
    Expired,
    NotYetCurrent,
    MalformedCredential,
    WrongScope,
    SignatureMismatch,

    /// <summary>UNSIGNED-PAYLOAD, STREAMING-..., or anything else that is not a SHA-256 in hex.</summary>
    PayloadNotHashed,
    PayloadMismatch,
}

/// <summary>The reason, and the sentence AWS says about it.</summary>
public sealed record SigV4Fault(SigV4Reason Reason, string Message);
