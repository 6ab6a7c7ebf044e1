using Carillon.Core.Pushing;

namespace Carillon.Server.Pushing;

/// <summary>The enum values of the service model for endpoints and preferences.</summary>
internal static class EndpointWords
{
    public const string All = "ALL";
    public const string None = "NONE";
    public const string Filtered = "FILTERED";
    public const string InvalidDeviceToken = "INVALID_DEVICE_TOKEN";
    public const string InvalidPinpointArn = "INVALID_PINPOINT_ARN";

    public static string Of(EndpointType type) => type switch
    {
        EndpointType.Apns => "APNS",
        EndpointType.ApnsSandbox => "APNS_SANDBOX",
        _ => "GCM",
    };

    public static EndpointType Type(string word) => word switch
    {
        "APNS" => EndpointType.Apns,
        "APNS_SANDBOX" => EndpointType.ApnsSandbox,
        _ => EndpointType.Gcm,
    };

    public static string Allow(bool allowed) => allowed ? All : None;

    public static string Of(Notifications notifications) => notifications switch
    {
        Notifications.None => None,
        Notifications.Filtered => Filtered,
        _ => All,
    };

    public static Notifications Allowed(string word) => word switch
    {
        None => Notifications.None,
        Filtered => Notifications.Filtered,
        _ => Notifications.All,
    };

    /// <summary>Null for an active endpoint.</summary>
    public static string? Reason(EndpointState state) => state switch
    {
        EndpointState.InvalidDeviceToken => InvalidDeviceToken,
        EndpointState.InvalidResource => InvalidPinpointArn,
        _ => null,
    };
}
