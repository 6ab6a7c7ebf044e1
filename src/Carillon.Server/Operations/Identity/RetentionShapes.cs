using Carillon.Core.Identity;

namespace Carillon.Server.Operations.Identity;

/// <summary>AppInstanceRetentionSettings of the service model; empty where nothing is ever deleted.</summary>
internal sealed record AppInstanceRetentionSettings(ChannelRetentionSettings? ChannelRetentionSettings)
{
    public static AppInstanceRetentionSettings Of(Retention retention) =>
        new(retention.Days is { } days ? new ChannelRetentionSettings(days) : null);
}

internal sealed record ChannelRetentionSettings(int? RetentionDays);
