using Carillon.Backends.Sql;

namespace Carillon.Server.Hosting;

/// <summary>Whether the process lives (<c>/healthz</c>) and whether it can commit (<c>/readyz</c>).</summary>
internal sealed class Health(SqlStore store)
{
    /// <summary>Every listener is bound; whoever comes by the first of them before that would learn no address of the second.</summary>
    public bool HasStarted { get; set; }

    public bool Draining { get; set; }

    /// <summary>Nothing can be committed any more until a restart.</summary>
    public bool IsBroken => store.Broken is not null;

    public bool IsReady => HasStarted && !Draining && !IsBroken;

    /// <summary>Of the process: a supervisor should start it again where it is not 0.</summary>
    public int ExitCode => IsBroken ? 70 : 0;

    /// <summary>What else is wrong, though it can commit; null while nothing is.</summary>
    public Func<string?> Complaint { get; set; } = static () => null;

    public string Word =>
        !HasStarted ? "starting" : Draining ? "draining" : IsBroken ? "the store is broken" : Complaint() is { } complaint ? "ready\n" + complaint : "ready";
}
