namespace Carillon.Wire.SigV4;

/// <summary>What a signature must be scoped to, and how far clocks may differ.</summary>
public sealed class SigV4Policy
{
    /// <param name="services">The signing names accepted here, one at least. Refusals name the first.</param>
    public SigV4Policy(params string[] services)
    {
        ArgumentOutOfRangeException.ThrowIfZero(services.Length);
        Services = services;
    }

    public IReadOnlyList<string> Services { get; }

    /// <summary>Null accepts whatever region a client was configured with.</summary>
    public IReadOnlySet<string>? Regions { get; init; }

    /// <summary>To either side, inclusive. API Gateway was seen to allow five minutes, STS fifteen.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    internal bool Accepts(ReadOnlySpan<char> service)
    {
        for (var i = 0; i < Services.Count; i++)
            if (service.SequenceEqual(Services[i])) return true;
        return false;
    }
}
