namespace Carillon.Wire.SigV4;

/// <summary>What a signature must be scoped to, and how far clocks may differ.</summary>
public sealed class SigV4Policy
{
    /// <param name="services">The signing names that are accepted here; one at least. The first is named in refusals.</param>
    public SigV4Policy(params string[] services)
    {
        ArgumentOutOfRangeException.ThrowIfZero(services.Length);
        Services = services;
    }

    public IReadOnlyList<string> Services { get; }

    /// <summary>Null accepts whatever region a client was configured with.</summary>
    public IReadOnlySet<string>? Regions { get; init; }

    /// <summary>To either side, inclusive. Five minutes is what API Gateway was seen to allow; STS allows fifteen.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    internal bool Accepts(string service)
    {
        for (var i = 0; i < Services.Count; i++)
            if (Services[i] == service) return true;
        return false;
    }
}
