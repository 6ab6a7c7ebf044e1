using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Wire.SigV4;

public class SigV4WindowTests
{
    private static readonly DateTimeOffset signedAt = SignedRequest.SignedAt;
    private static readonly SignedRequest byHeader = SignedRequest.ByHeader("GET", "/channels", []);
    private static readonly SignedRequest presigned = SignedRequest.Presigned("/connect", seconds: 10);

    [Theory]
    [InlineData(-301, SigV4Reason.NotYetCurrent)]
    [InlineData(-300, null)]
    [InlineData(0, null)]
    [InlineData(300, null)]
    [InlineData(301, SigV4Reason.Expired)]
    public void A_header_is_good_for_five_minutes_to_either_side(int seconds, SigV4Reason? reason) =>
        Assert.Equal(reason, byHeader.Judge(signedAt.AddSeconds(seconds))?.Reason);

    [Fact]
    public void The_part_of_a_second_counts() => Assert.Equal(
        SigV4Reason.Expired, byHeader.Judge(signedAt.AddMinutes(5).AddTicks(1))?.Reason);

    [Theory]
    [InlineData(-301, SigV4Reason.NotYetCurrent)]
    [InlineData(-300, null)]
    [InlineData(10, null)]
    [InlineData(11, SigV4Reason.Expired)]
    public void A_presigned_request_is_good_until_it_expires(int seconds, SigV4Reason? reason) =>
        Assert.Equal(reason, presigned.Judge(signedAt.AddSeconds(seconds))?.Reason);

    [Theory]
    [InlineData(604_800, null)]
    [InlineData(604_801, SigV4Reason.Expired)]
    public void A_presigned_request_may_live_for_a_week(int seconds, SigV4Reason? reason) => Assert.Equal(
        reason, SignedRequest.Presigned("/connect", seconds: 604_800).Judge(signedAt.AddSeconds(seconds))?.Reason);

    [Theory]
    [InlineData(300, SigV4Reason.SignatureMismatch)]
    [InlineData(301, SigV4Reason.Expired)]
    public void A_presigned_request_that_does_not_say_lives_five_minutes(int seconds, SigV4Reason reason)
    {
        var silent = presigned.ReplacingInTarget("&X-Amz-Expires=10", "");

        Assert.Equal(reason, silent.Judge(signedAt.AddSeconds(seconds))?.Reason);
    }

    [Fact]
    public void The_sentences_name_the_times()
    {
        Assert.Equal(
            "Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T030906Z - 5 min.)",
            byHeader.Judge(signedAt.AddSeconds(301))?.Message);
        Assert.Equal(
            "Signature not yet current: 20260102T030405Z is still later than 20260102T030404Z"
            + " (20260102T025904Z + 5 min.)",
            byHeader.Judge(signedAt.AddSeconds(-301))?.Message);
        Assert.Equal(
            "Signature expired: 20260102T030415Z is now earlier than 20260102T030416Z",
            presigned.Judge(signedAt.AddSeconds(11))?.Message);
    }

    [Theory]
    [InlineData("99991231T235959Z", SigV4Reason.NotYetCurrent)]
    [InlineData("00010101T000000Z", SigV4Reason.Expired)]
    public void The_ends_of_the_calendar_are_times_like_any_other(string date, SigV4Reason reason)
    {
        Assert.Equal(reason, byHeader.With("X-Amz-Date", date).Judge()?.Reason);
        Assert.Equal(reason, presigned.ReplacingInTarget("20260102T030405Z", date).Judge()?.Reason);
    }
}
