using System.Globalization;
using Carillon.Server.Hosting;

namespace Carillon.Server.Gateway;

/// <summary>Bounds of WebSocket APIs, as data. Defaults are AWS's ("Amazon API Gateway quotas", read 2026-11) where not said otherwise.</summary>
internal sealed record GatewayLimits
{
    /// <summary>Bytes of a message, either way. Default 131,072.</summary>
    public int Message { get; init; } = 128 * 1024;

    /// <summary>Bytes of one frame of a client. Default 32,768.</summary>
    public int Frame { get; init; } = 32 * 1024;

    /// <summary>How long a connection may carry no message. Default 10 minutes.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a connection may be open. Default 2 hours.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(2);

    /// <summary>How long an integration may take. Default 29 s.</summary>
    public TimeSpan Integration { get; init; } = TimeSpan.FromSeconds(29);

    /// <summary>Messages of one connection that are being handled at a time; the next is throttled. Ours: 100.</summary>
    public int UnderWay { get; init; } = 100;

    /// <summary>Frames a second of one client; beyond that it is closed with 1008. Ours: 1,000.</summary>
    public int Frames { get; init; } = 1_000;

    /// <summary>Connections of all APIs that are opened in a second; the next is answered with 429. Default 500.</summary>
    public int ConnectionsPerSecond { get; init; } = 500;

    /// <param name="pairs">From the settings: <c>Idle=60,Duration=3600</c>, times in seconds.</param>
    /// <exception cref="SettingException">A name is unknown or a number does not fit.</exception>
    public static GatewayLimits Parse(string pairs)
    {
        var limits = new GatewayLimits();
        foreach (var pair in pairs.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (pair.Split('=') is not [var name, var text]
                || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value is < 1 or > 16 * 1024 * 1024)
            {
                throw new SettingException($"GatewayLimits: '{pair}' must read Name=number, with a number from 1.");
            }

            limits = name.Trim() switch
            {
                nameof(Message) => limits with { Message = value },
                nameof(Frame) => limits with { Frame = value },
                nameof(Idle) => limits with { Idle = TimeSpan.FromSeconds(value) },
                nameof(Duration) => limits with { Duration = TimeSpan.FromSeconds(value) },
                nameof(Integration) => limits with { Integration = TimeSpan.FromSeconds(value) },
                nameof(UnderWay) => limits with { UnderWay = value },
                nameof(Frames) => limits with { Frames = value },
                nameof(ConnectionsPerSecond) => limits with { ConnectionsPerSecond = value },
                _ => throw new SettingException($"GatewayLimits: there is no limit {name}."),
            };
        }

        return limits;
    }
}
