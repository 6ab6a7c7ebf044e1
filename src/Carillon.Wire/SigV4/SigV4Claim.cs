namespace Carillon.Wire.SigV4;

/// <summary>What a request says of its signature: well formed, timely, in scope, but not yet proven.</summary>
/// <remarks>A class, so that logging one shows neither token nor signature.</remarks>
public sealed class SigV4Claim
{
    public required string AccessKeyId { get; init; }

    /// <summary>The scope's date, <c>yyyyMMdd</c>.</summary>
    public required string Date { get; init; }

    public required string Region { get; init; }

    public required string Service { get; init; }

    /// <summary>As listed: lower-case names joined with <c>;</c>.</summary>
    public required string SignedHeaders { get; init; }

    /// <summary>As sent; nothing has been said about its form.</summary>
    public required string Signature { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>How long a presigned request lives; null for a header, and when it does not say.</summary>
    public TimeSpan? Expires { get; init; }

    /// <summary>Null for a long-term key.</summary>
    public string? SessionToken { get; init; }

    public required bool IsPresigned { get; init; }

    public override string ToString() => $"{AccessKeyId}/{Scope}";

    internal string Scope => $"{Date}/{Region}/{Service}/{SigV4Names.Terminator}";

    /// <summary>False where the scope is longer than the room for it.</summary>
    internal bool TryWriteScope(Span<char> to, out int length) =>
        to.TryWrite($"{Date}/{Region}/{Service}/{SigV4Names.Terminator}", out length);
}
