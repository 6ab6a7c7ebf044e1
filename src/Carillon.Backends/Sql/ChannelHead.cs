using Carillon.Core;

namespace Carillon.Backends.Sql;

/// <summary>What moves with every event of a channel. A batch reads it once, counts in memory and writes it once.</summary>
internal sealed class ChannelHead
{
    /// <summary>It differs from its row.</summary>
    public bool Changed { get; set; }

    public long Sequence { get; set; }

    public Instant? LastMessage { get; set; }

    /// <summary>Position of the last message for all, or of the channel's creation.</summary>
    public long Latest { get; set; }

    public long Members { get; set; }

    /// <summary>Of the members.</summary>
    public long Hidden { get; set; }

    public long Moderators { get; set; }

    public long Messages { get; set; }

    /// <summary>Members that are bots and not hidden.</summary>
    public long Bots { get; set; }

    /// <summary>Of the messages: those that only two can see.</summary>
    public long Targeted { get; set; }
}
