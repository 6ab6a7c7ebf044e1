using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Carillon.Wire.RestJson;

/// <summary>
/// Timestamps in REST-JSON bodies: a number of seconds since 1970 with three decimals. The JavaScript SDK throws on
/// text and takes milliseconds for seconds.
/// </summary>
public sealed class EpochSecondsConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.FromUnixTimeMilliseconds((long)(reader.GetDecimal() * 1000));

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.ToUnixTimeMilliseconds() / 1000m);
}

/// <summary>
/// Timestamps in session frames and stream records: <c>2021-06-03T16:26:31.013Z</c>, always three decimals, because
/// native clients parse with a fixed pattern.
/// </summary>
public sealed class IsoMillisecondsConverter : JsonConverter<DateTimeOffset>
{
    private const int Length = 24;
    private const int LengthWithTicks = 28;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.Parse(reader.GetString()!, CultureInfo.InvariantCulture);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        // The framework's own format, which has seven decimals, costs a fraction of one that it must read first.
        Span<byte> text = stackalloc byte[LengthWithTicks];
        value.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
        text[Length - 1] = (byte)'Z';
        writer.WriteStringValue(text[..Length]);
    }
}

/// <summary>Timestamps in query strings: ISO 8601 in UTC, with no fraction or one of up to seven digits.</summary>
public static class QueryTimestamp
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    public static DateTimeOffset? TryParse(string text) =>
        DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
