using Carillon.Wire.SigV4;

namespace Carillon.Server.Streaming;

/// <summary>Where streams are handed on to: the Kinesis API of somebody else.</summary>
/// <param name="Endpoint">Base URL.</param>
/// <param name="Credentials">Reads the key; asked each time, so that a rotated key is taken without a restart.</param>
/// <param name="Streams">Names here and there.</param>
/// <param name="Alarm">How old the oldest record that waits may be before it is told.</param>
internal sealed record RelayOptions(
    Uri Endpoint, string Region, Func<AwsCredentials> Credentials, IReadOnlyDictionary<string, string> Streams, TimeSpan Alarm)
{
    /// <summary>Reads <c>name,name=name there</c>.</summary>
    /// <exception cref="FormatException">An entry is neither; the message quotes it.</exception>
    public static IReadOnlyDictionary<string, string> Read(string entries)
    {
        var streams = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var names = entry.Split('=', StringSplitOptions.TrimEntries);
            if (names.Length > 2 || names.Any(name => name.Length is 0 or > 128) || !streams.TryAdd(names[0], names[^1]))
            {
                throw new FormatException($"'{entry}' must be the name of a stream, or two with = between them, once.");
            }
        }

        return streams;
    }
}
