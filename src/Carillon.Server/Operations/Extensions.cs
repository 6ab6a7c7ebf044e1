using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations;

/// <summary>
/// What AWS has not. Every name of ours on the wire begins with <c>x-carillon</c>, which no member of a service model can,
/// so AWS's SDKs neither send it nor see it (docs/wire/extensions.md).
/// </summary>
internal static class Extensions
{
    public const string Member = "x-carillon";

    /// <summary>Query parameter of lists of channels.</summary>
    public const string Sort = "x-carillon-sort";

    /// <summary>The value of <see cref="Sort"/>.</summary>
    public const string LastMessage = "last-message";

    public static void CheckSort(string? sort, Must must) =>
        must.Hold(sort is null or LastMessage, $"The query parameter '{Sort}' must be {LastMessage}.");
}

internal sealed record AppInstanceExtension(long UserCount, long BotCount, long ChannelCount)
{
    public static AppInstanceExtension Of(AppCounts counts) => new(counts.Users, counts.Bots, counts.Channels);
}

/// <param name="HiddenMemberCount">Only for who may list hidden members.</param>
/// <param name="MemberCount">Of an elastic channel all memberships; a moderator may have several.</param>
internal sealed record ChannelExtension(long MemberCount, long? HiddenMemberCount, long MessageCount)
{
    public static ChannelExtension Of(ChannelDescription description) => new(
        description.Counts.Members,
        description.ShowsHidden ? description.Counts.HiddenMembers : null,
        description.Counts.Messages);
}
