namespace Carillon.Events.Core.Provisioning;

/// <summary>Calls that share a rate.</summary>
public static class PacedClasses
{
    /// <summary>CreateAppInstanceUser, DeleteAppInstanceUser.</summary>
    public const string Users = "users";

    /// <summary>BatchCreateChannelMembership.</summary>
    public const string Batches = "batches";

    /// <summary>DeleteChannelMembership.</summary>
    public const string Members = "members";

    /// <summary>Everything that is done once for a show, and reading.</summary>
    public const string Others = "others";

    /// <summary>Members that one BatchCreateChannelMembership takes at most (API reference, read 2026-11).</summary>
    public const int MembersABatch = 100;
}
