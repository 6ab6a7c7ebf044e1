using System.Globalization;
using System.Text.Json;
using Carillon.Wire.RestJson;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Wire.RestJson;

/// <summary>Native clients parse timestamps with a fixed pattern.</summary>
public class IsoMillisecondsTests
{
    private static readonly JsonSerializerOptions Options = new() { Converters = { new IsoMillisecondsConverter() } };

    [Theory]
    [InlineData("2021-06-03T16:26:31.0130000+00:00", "2021-06-03T16:26:31.013Z")]
    [InlineData("2021-06-03T16:26:31.0139999+00:00", "2021-06-03T16:26:31.013Z")]
    [InlineData("2021-06-03T18:26:31.0000000+02:00", "2021-06-03T16:26:31.000Z")]
    [InlineData("0001-01-01T00:00:00.0000000+00:00", "0001-01-01T00:00:00.000Z")]
    [InlineData("9999-12-31T23:59:59.9999999+00:00", "9999-12-31T23:59:59.999Z")]
    public void A_timestamp_has_three_decimals_and_is_in_UTC(string time, string text) =>
        Assert.Equal($"\"{text}\"", JsonSerializer.Serialize(DateTimeOffset.Parse(time, CultureInfo.InvariantCulture), Options));

    [Fact]
    public void A_timestamp_is_read_as_it_was_written() => Prop.ForAll<DateTimeOffset>(
        time => JsonSerializer.Deserialize<DateTimeOffset>(JsonSerializer.Serialize(time, Options), Options).ToUnixTimeMilliseconds()
            == time.ToUnixTimeMilliseconds()).QuickCheckThrowOnFailure();
}
