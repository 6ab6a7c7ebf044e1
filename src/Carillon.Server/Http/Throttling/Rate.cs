namespace Carillon.Server.Http.Throttling;

/// <summary>Whose requests share a bucket.</summary>
internal enum RateScope
{
    /// <summary>The whole server.</summary>
    Account,

    AppInstance,

    /// <summary>The app instance user the operation is about.</summary>
    User,

    /// <summary>The channel, or of an elastic one the sub-channel that the request names.</summary>
    Channel,

    /// <summary>The channel, where it is not elastic.</summary>
    PlainChannel,

    /// <summary>The channel, where it is elastic; all its sub-channels together.</summary>
    ElasticChannel,

    /// <summary>Who acts: x-amz-chime-bearer.</summary>
    Bearer,

    /// <summary>The address a request comes from.</summary>
    Address,

    /// <summary>The data stream.</summary>
    Stream,

    /// <summary>The shard of a data stream.</summary>
    Shard,
}

/// <summary>What a token stands for.</summary>
internal enum RateUnit
{
    Requests,
    Records,

    /// <summary>What is larger than what is left is let through, and the bucket owes it.</summary>
    Bytes,
}

/// <summary>A rate that requests are held to: a token bucket a scope.</summary>
/// <param name="PerSecond">Tokens that come back in a second; each request takes one.</param>
/// <param name="Burst">Tokens a full bucket holds.</param>
/// <param name="Operations">That share the bucket; those of Kinesis as IAM names them, <c>kinesis:GetRecords</c>.</param>
internal sealed record Rate(
    string Name, RateScope Scope, double PerSecond, double Burst, string Origin, IReadOnlyList<string> Operations)
{
    public RateUnit Unit { get; init; }
}
