using Carillon.Load.Servers;

namespace Carillon.Load;

/// <summary>What all runs of a bench share.</summary>
/// <param name="ServerCores">As taskset takes them; likewise the client's.</param>
/// <param name="IsQuick">Short and small: shows that it works, and no figures to rely on.</param>
/// <param name="Content">Bytes of a message's content.</param>
/// <param name="Frame">Bytes of the frame that carries it to a session of Carillon; peers are given messages of that size.</param>
internal sealed record Setting(Places Places, string ServerCores, string ClientCores, bool IsQuick, int Content, int Frame)
{
    public TimeSpan Warm => TimeSpan.FromSeconds(IsQuick ? 1 : 3);

    public TimeSpan Measured => TimeSpan.FromSeconds(IsQuick ? 1.5 : 5);

    /// <summary>The number, or a small one where it is quick.</summary>
    public int Scale(int full, int quick) => IsQuick ? quick : full;
}
