using System.Security.Cryptography;
using System.Text;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Wire.SigV4;

/// <summary>Requests of boto3 and amazon-chime-sdk-js themselves, clocks stopped at 2026-01-02T03:04:05Z.</summary>
public class KnownAnswerTests
{
    private const string App =
        "arn:aws:chime:us-east-1:123456789012:app-instance/11111111-2222-3333-4444-555555555555";

    private const string Authorization =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/chime/aws4_request, SignedHeaders=";

    private const string Presigned =
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Fus-east-1%2Fchime%2Faws4_request"
        + "&X-Amz-Date=20260102T030405Z&X-Amz-Expires=10";

    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly string channel = "/channels/" + Uri.EscapeDataString($"{App}/channel/general");

    private static readonly string user = Uri.EscapeDataString($"{App}/user/alice");

    [Fact]
    public void DescribeChannel_of_boto3_verifies()
    {
        var request = new SignedRequest("GET", channel,
        [
            new("Host", "127.0.0.1:18977"),
            new("x-amz-chime-bearer", $"{App}/user/alice"),
            new("X-Amz-Date", "20260102T030405Z"),
            new("Authorization", Authorization + "host;x-amz-chime-bearer;x-amz-date, "
                + "Signature=55ad5442346ea2e095b2c666915d7f135c509d309e051247348f2df0875b389e"),
        ], []);

        Assert.Null(request.Judge());
    }

    [Fact]
    public void SendChannelMessage_of_boto3_verifies()
    {
        const string Body = """{"Content": "hello", "Type": "STANDARD", "Persistence": "PERSISTENT", """
            + "\"ClientRequestToken\": \"token-1\"}";
        var request = new SignedRequest("POST", channel + "/messages",
        [
            new("Host", "127.0.0.1:18977"),
            new("Content-Type", "application/json"),
            new("x-amz-chime-bearer", $"{App}/user/alice"),
            new("X-Amz-Date", "20260102T030405Z"),
            new("Authorization", Authorization + "content-type;host;x-amz-chime-bearer;x-amz-date, "
                + "Signature=46b1b81f128e9af66fb797ef447a1fe06ce4f35839fb15b7dc5d7f50260366f8"),
        ], Encoding.UTF8.GetBytes(Body));

        Assert.Null(request.Judge());
        Assert.Equal(
            "84a4dcf7094b1a784d9cb6fe85652a22e9de73a16b5431953f6d78306985c2ab",
            Convert.ToHexStringLower(SHA256.HashData(request.Body)));
    }

    [Fact]
    public void Connect_of_amazon_chime_sdk_js_verifies()
    {
        var request = Connect(Presigned + "&X-Amz-SignedHeaders=host&X-Amzn-User-Agent=chrome-120&X-Amzn-Version=3.32.0"
            + $"&sessionId=session-1&userArn={user}"
            + "&X-Amz-Signature=65d0739cab94b7fa6100e16f58e4249f19e346cfe898863fc148852a4dce33d8");

        Assert.Null(request.Judge());
        var canonical = CanonicalRequest.Build(
            new RawRequest("GET", request.Target, request.Headers), "host", EmptyHash, QuerySpelling.AsSent,
            QueryOmission.Signature);
        Assert.Equal(
            "84aa9f025166a431e10ba5167dcfb324ae0962075e9847a8ee6ff08991288043",
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))));
    }

    [Fact]
    public void Connect_with_temporary_credentials_and_prefetch_verifies()
    {
        var request = Connect(Presigned + "&X-Amz-Security-Token=tok%2Fen%2B%3D%3D&X-Amz-SignedHeaders=host"
            + "&X-Amzn-User-Agent=chrome-120&X-Amzn-Version=3.32.0"
            + $"&prefetch-on=connect&prefetch-sort-by=last-message-timestamp&sessionId=session-1&userArn={user}"
            + "&X-Amz-Signature=ed595b23f5417d2dc3eb00c3185c8fb7498b11b6c78b139add45cde9b521ae78");

        Assert.Null(request.Judge());
    }

    [Fact]
    public void Our_presigned_connect_is_the_one_of_amazon_chime_sdk_js()
    {
        var url = new Uri("wss://localhost:8443/connect?X-Amzn-User-Agent=chrome-120&X-Amzn-Version=3.32.0"
            + $"&prefetch-on=connect&prefetch-sort-by=last-message-timestamp&sessionId=session-1&userArn={user}");

        var signed = SignedRequest.Signer("tok/en+==").Presign("GET", url, TimeSpan.FromSeconds(10));

        Assert.Equal(
            "wss://localhost:8443/connect?" + Presigned + "&X-Amz-Security-Token=tok%2Fen%2B%3D%3D"
            + "&X-Amz-SignedHeaders=host&X-Amzn-User-Agent=chrome-120&X-Amzn-Version=3.32.0&prefetch-on=connect"
            + $"&prefetch-sort-by=last-message-timestamp&sessionId=session-1&userArn={user}"
            + "&X-Amz-Signature=ed595b23f5417d2dc3eb00c3185c8fb7498b11b6c78b139add45cde9b521ae78",
            signed);
    }

    private static SignedRequest Connect(string query) =>
        new("GET", "/connect?" + query, [new("Host", "localhost:8443"), new("Upgrade", "websocket")], []);
}
