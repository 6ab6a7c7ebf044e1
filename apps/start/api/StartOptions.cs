using Carillon.Kit;
using Carillon.Kit.SignIn;
using Carillon.Wire.SigV4;

namespace Carillon.Start;

/// <summary>What the start page needs to know of the installation it belongs to.</summary>
public sealed record StartOptions
{
    /// <summary>Asked at each use, because ports may be known only once the server listens.</summary>
    public required Func<PlatformAddresses> Addresses { get; init; }

    public required string Region { get; init; }

    /// <summary>Twelve digits.</summary>
    public required string Account { get; init; }

    /// <summary>Signs what prepares the sample chat. It never leaves this process.</summary>
    public required AwsCredentials Root { get; init; }

    public required string Version { get; init; }

    /// <summary>True while every listener is bound to loopback: only then is there a sample chat.</summary>
    public required bool LoopbackOnly { get; init; }

    /// <summary>How the platform is doing, asked with each poll of the page: it must be cheap.</summary>
    public required Func<CancellationToken, ValueTask<PlatformFacts>> Facts { get; init; }

    /// <summary>Whoever prints the sign-in link issues from the same.</summary>
    public required OneTimeTokens Tokens { get; init; }

    /// <summary>Shared with the other pages that need the operator.</summary>
    public required OperatorSessions Operators { get; init; }

    /// <summary>The certificate to trust, in PEM, without any key; null when the server uses a certificate of its owner.</summary>
    public string? CaPemPath { get; init; }

    /// <summary>Shown to the operator only.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Shown to the operator only.</summary>
    public string? CredentialsFile { get; init; }

    /// <summary>Other pages of this installation; none by default.</summary>
    public IReadOnlyList<Face> Faces { get; init; } = [];
}

/// <param name="Ready">Whether a message could be stored now.</param>
/// <param name="Sessions">Open messaging sessions.</param>
public sealed record PlatformFacts(bool Ready, int Sessions);

/// <param name="Path">Begins with a slash.</param>
/// <param name="About">Half a sentence for a newcomer.</param>
public sealed record Face(string Name, string Path, string About);
