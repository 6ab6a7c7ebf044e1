namespace Carillon.Wire.SigV4;

/// <summary>What a client signs with. Printing it never shows the secret or the token.</summary>
/// <param name="SessionToken">Present for temporary credentials only; null or empty means a long-term key.</param>
public sealed record AwsCredentials(string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    public override string ToString() => $"{nameof(AwsCredentials)} {AccessKeyId}";
}
