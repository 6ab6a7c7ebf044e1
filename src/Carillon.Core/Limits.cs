namespace Carillon.Core;

/// <summary>A number that bounds something, with its unit and where it comes from.</summary>
public sealed record Limit(string Name, long Default, string Unit, string Origin);

/// <summary>
/// How many of each thing there may be. Defaults are AWS's ("Amazon Chime SDK endpoints and quotas", AWS General
/// Reference, read 2026-11); each can be raised in the settings.
/// </summary>
public sealed class Quotas
{
    private const string Aws = "AWS General Reference, Amazon Chime SDK quotas, 2026-11";

    public static readonly Limit AppInstances = new("AppInstances", 100, "per account", Aws);
    public static readonly Limit UsersPerAppInstance = new("UsersPerAppInstance", 100_000, "per app instance", Aws);
    public static readonly Limit AdminsPerAppInstance = new("AdminsPerAppInstance", 100, "per app instance", Aws);
    public static readonly Limit ChannelsPerAppInstance = new("ChannelsPerAppInstance", 10_000_000, "per app instance", Aws);
    public static readonly Limit MembershipsPerChannel = new("MembershipsPerChannel", 10_000, "per channel", Aws);
    public static readonly Limit MembershipsPerUser = new("MembershipsPerUser", 20_000, "per user", Aws);
    public static readonly Limit ModeratorsPerChannel = new("ModeratorsPerChannel", 1_000, "per channel", Aws);
    public static readonly Limit ElasticChannelsPerAppInstance = new("ElasticChannelsPerAppInstance", 1, "per app instance", Aws);
    public static readonly Limit SubChannelsPerChannel = new("SubChannelsPerChannel", 100, "per elastic channel", Aws);
    public static readonly Limit MembershipsPerSubChannel = new("MembershipsPerSubChannel", 1_000, "per sub-channel", Aws);
    public static readonly Limit ChannelFlowsPerAppInstance = new("ChannelFlowsPerAppInstance", 100, "per app instance", Aws);
    public static readonly Limit EndpointsPerUser = new("EndpointsPerUser", 10, "per user", Aws);
    public static readonly Limit SessionsPerUser = new("SessionsPerUser", 10, "per user", Aws);

    private const string Kinesis = "Kinesis Data Streams developer guide, quotas, 2026-11";

    public static readonly Limit Shards = new("Shards", 500, "open, per account", Kinesis);
    public static readonly Limit OnDemandStreams = new("OnDemandStreams", 50, "per account", Kinesis);

    private const string Iam = "IAM User Guide, IAM and STS quotas, 2026-11";

    public static readonly Limit Roles = new("Roles", 1_000, "per account", Iam);
    public static readonly Limit Users = new("Users", 5_000, "per account", Iam);
    public static readonly Limit AccessKeysPerUser = new("AccessKeysPerUser", 2, "per IAM user", Iam);
    public static readonly Limit CustomerManagedPolicies = new("CustomerManagedPolicies", 1_500, "per account", Iam);
    public static readonly Limit VersionsPerPolicy = new("VersionsPerPolicy", 5, "per managed policy", Iam);
    public static readonly Limit PoliciesPerRole = new("PoliciesPerRole", 10, "managed policies per role", Iam);
    public static readonly Limit PoliciesPerUser = new("PoliciesPerUser", 10, "managed policies per IAM user", Iam);
    public static readonly Limit OpenIdProviders = new("OpenIdProviders", 100, "per account", Iam);

    private const string Gateway = "API Gateway Developer Guide, quotas for WebSocket APIs, 2026-11";
    private const string Ours = "ours";

    public static readonly Limit GatewayApis = new("GatewayApis", 600, "per account", Gateway);
    public static readonly Limit RoutesPerApi = new("RoutesPerApi", 300, "per WebSocket API", Gateway);
    public static readonly Limit IntegrationsPerApi = new("IntegrationsPerApi", 300, "per WebSocket API", Gateway);
    public static readonly Limit AuthorizersPerApi = new("AuthorizersPerApi", 10, "per WebSocket API", Gateway);
    public static readonly Limit StagesPerApi = new("StagesPerApi", 10, "per WebSocket API", Gateway);
    public static readonly Limit ModelsPerApi = new("ModelsPerApi", 300, "per WebSocket API", Ours);
    public static readonly Limit ResponsesPerApi = new("ResponsesPerApi", 1_000, "of routes, and of integrations, per WebSocket API", Ours);

    public static IReadOnlyList<Limit> All { get; } =
    [
        AppInstances, UsersPerAppInstance, AdminsPerAppInstance, ChannelsPerAppInstance,
        MembershipsPerChannel, MembershipsPerUser, ModeratorsPerChannel,
        ElasticChannelsPerAppInstance, SubChannelsPerChannel, MembershipsPerSubChannel, ChannelFlowsPerAppInstance,
        EndpointsPerUser, SessionsPerUser, Shards, OnDemandStreams, Roles, Users,
        AccessKeysPerUser, CustomerManagedPolicies, VersionsPerPolicy, PoliciesPerRole, PoliciesPerUser, OpenIdProviders,
        GatewayApis, RoutesPerApi, IntegrationsPerApi, AuthorizersPerApi, StagesPerApi, ModelsPerApi, ResponsesPerApi,
    ];

    private readonly Dictionary<string, long> _values;

    /// <param name="overrides">Names from <see cref="All"/> with the numbers that replace the defaults.</param>
    /// <exception cref="ArgumentException">A name is unknown or a number is below one.</exception>
    public Quotas(IReadOnlyDictionary<string, long>? overrides = null)
    {
        _values = All.ToDictionary(l => l.Name, l => l.Default, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in overrides ?? new Dictionary<string, long>())
        {
            if (!_values.ContainsKey(name) || value < 1)
            {
                throw new ArgumentException($"Quota {name} = {value}: the name must be known and the number at least 1.");
            }

            _values[name] = value;
        }
    }

    public long this[Limit limit] => _values[limit.Name];

    /// <exception cref="Refusal">QuotaReached: <paramref name="count"/> things are there and no more fit.</exception>
    public void Require(Limit limit, long count, long more = 1)
    {
        if (count + more > this[limit])
        {
            throw new Refusal(Reason.QuotaReached, $"The limit of {this[limit]} {limit.Name} is reached.");
        }
    }
}
