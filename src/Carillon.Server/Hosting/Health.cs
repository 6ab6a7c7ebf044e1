using Carillon.Backends.Sql;

namespace Carillon.Server.Hosting;

/// <summary>Whether the process lives (<c>/healthz</c>) and whether it can commit (<c>/readyz</c>).</summary>
internal sealed class Health(SqlStore store)
{
    public bool Draining { get; set; }

    public bool IsReady => !Draining && store.Broken is null;

    public string Word => Draining ? "draining" : store.Broken is null ? "ready" : "the store is broken";
}
