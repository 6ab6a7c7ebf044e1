namespace Carillon.Tests.Core.Access;

/// <summary>
/// The permission matrix as the Amazon Chime SDK developer guide has it ("Roles"), with the gaps filled as our docs say,
/// written out a second time: a row per operation and what it names, a column per role.
/// Y allowed, N refused, U allowed in UNRESTRICTED channels, - a case that cannot be.
/// </summary>
internal static class PermissionTable
{
    public static readonly string[] Roles = ["admin", "moderator", "member", "hidden", "public", "private", "banned"];

    private const string Text =
        """
        #                                        admin moderator member hidden public private banned
        DescribeChannel                          Y     Y         Y      Y      Y      N       N
        UpdateChannel                            Y     Y         N      N      N      N       N
        DeleteChannel                            Y     Y         N      N      N      N       N
        PutChannelExpirationSettings             Y     Y         N      N      N      N       N
        ListChannels: public                     Y     Y         Y      Y      Y      Y       Y
        ListChannels: private                    Y     N         N      N      N      N       N
        CreateChannelMembership: self            Y     Y         -      -      Y      N       N
        CreateChannelMembership: other           Y     Y         U      N      N      N       N
        CreateChannelMembership (HIDDEN): self   Y     Y         -      -      N      N       N
        CreateChannelMembership (HIDDEN): other  Y     Y         N      N      N      N       N
        BatchCreateChannelMembership: self       Y     Y         -      -      Y      N       N
        BatchCreateChannelMembership: other      Y     Y         U      N      N      N       N
        BatchCreateChannelMembership: both       Y     Y         U      N      N      N       N
        DescribeChannelMembership                Y     Y         Y      Y      Y      N       N
        ListChannelMemberships                   Y     Y         Y      Y      Y      N       N
        ListChannelMemberships (HIDDEN)          Y     Y         N      N      N      N       N
        DeleteChannelMembership: self            Y     Y         Y      Y      N      N       N
        DeleteChannelMembership: other           Y     Y         U      N      N      N       N
        ListSubChannels                          Y     Y         N      -      N      N       N
        GetChannelMembershipPreferences: self    N     N         Y      Y      N      N       N
        GetChannelMembershipPreferences: other   N     N         N      N      N      N       N
        PutChannelMembershipPreferences: self    N     N         Y      Y      N      N       N
        PutChannelMembershipPreferences: other   N     N         N      N      N      N       N
        ListMembershipsOf: self                  Y     Y         Y      Y      Y      Y       Y
        ListMembershipsOf: other                 Y     N         N      N      N      N       N
        DescribeMembershipOf: self               -     -         Y      Y      -      -       -
        DescribeMembershipOf: other              Y     N         N      N      N      N       N
        ListModeratedBy: self                    Y     Y         Y      Y      Y      Y       Y
        ListModeratedBy: other                   Y     N         N      N      N      N       N
        DescribeModeratedBy: self                N     Y         N      N      N      N       N
        DescribeModeratedBy: other               Y     N         N      N      N      N       N
        SearchChannels                           Y     Y         Y      Y      Y      Y       Y
        UpdateChannelReadMarker                  N     N         Y      Y      N      N       N
        CreateChannelModerator                   Y     Y         N      N      N      N       N
        DescribeChannelModerator                 Y     Y         N      N      N      N       N
        ListChannelModerators                    Y     Y         N      N      N      N       N
        DeleteChannelModerator                   Y     Y         N      N      N      N       N
        CreateChannelBan                         Y     Y         N      N      N      N       N
        DescribeChannelBan                       Y     Y         N      N      N      N       N
        ListChannelBans                          Y     Y         N      N      N      N       N
        DeleteChannelBan                         Y     Y         N      N      N      N       N
        AssociateChannelFlow                     Y     Y         N      N      N      N       N
        DisassociateChannelFlow                  Y     Y         N      N      N      N       N
        GetChannelMessageStatus: own             Y     Y         Y      N      Y      Y       N
        GetChannelMessageStatus: other           N     N         N      N      N      N       N
        SendChannelMessage                       N     N         Y      N      N      N       N
        GetChannelMessage: other                 Y     Y         Y      Y      Y      N       N
        ListChannelMessages                      Y     Y         Y      Y      Y      N       N
        UpdateChannelMessage: own                Y     Y         Y      N      N      N       N
        UpdateChannelMessage: other              N     N         N      N      N      N       N
        RedactChannelMessage: own                Y     Y         Y      N      N      N       N
        RedactChannelMessage: other              Y     Y         N      N      N      N       N
        DeleteChannelMessage: own                Y     N         N      N      N      N       N
        DeleteChannelMessage: other              Y     N         N      N      N      N       N
        """;

    /// <summary>By the row's name, the cells in the order of <see cref="Roles"/>.</summary>
    public static IReadOnlyDictionary<string, char[]> Rows { get; } = Text.Split('\n')
        .Where(line => !line.StartsWith('#'))
        .Select(line => (Name: line[..41].Trim(), Cells: line[41..].Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        .ToDictionary(row => row.Name, row => row.Cells.Select(cell => cell.Trim()[0]).ToArray());
}
