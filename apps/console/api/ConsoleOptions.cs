using Carillon.Kit;
using Carillon.Kit.SignIn;
using Carillon.Wire.SigV4;

namespace Carillon.Console;

/// <summary>What the console needs to know of the installation it belongs to.</summary>
public sealed record ConsoleOptions
{
    /// <summary>Asked at each use, because ports may be known only once the server listens.</summary>
    public required Func<PlatformAddresses> Addresses { get; init; }

    public required string Region { get; init; }

    /// <summary>Twelve digits.</summary>
    public required string Account { get; init; }

    /// <summary>Signs what operators ask. It never leaves this process.</summary>
    public required AwsCredentials Root { get; init; }

    /// <summary>Whoever prints the sign-in link issues from the same.</summary>
    public required OneTimeTokens Tokens { get; init; }

    /// <summary>Shared with the other pages that need the operator.</summary>
    public required OperatorSessions Operators { get; init; }
}
