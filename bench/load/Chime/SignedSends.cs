using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Carillon.Wire.SigV4;

namespace Carillon.Load.Chime;

/// <summary>
/// SendChannelMessage requests, signed as an AWS SDK would. What does not change from one to the next is spelled once, so
/// that the client's core has time to listen.
/// </summary>
/// <param name="host">As it is sent and signed.</param>
internal sealed class SignedSends(AwsCredentials credentials, string host, TimeProvider time)
{
    private const string SignedHeaders = "content-type;host;x-amz-chime-bearer;x-amz-date";

    private readonly byte[] _key = new byte[SigningKey.Size];
    private readonly ArrayBufferWriter<byte> _body = new(4096);
    private readonly ArrayBufferWriter<byte> _text = new(4096);
    private readonly string _run = Guid.NewGuid().ToString("N")[..12];
    private string _day = "";
    private string _second = "";
    private long _lastSecond;
    private long _token;

    /// <param name="target">Of the request: the channel's ARN encoded once.</param>
    public void Write(IBufferWriter<byte> to, ChannelTarget target, string bearer, ReadOnlySpan<byte> content)
    {
        _body.ResetWrittenCount();
        _body.Write("{\"Content\":\""u8);
        _body.Write(content);
        Ascii(_body, $"\",\"Type\":\"STANDARD\",\"Persistence\":\"PERSISTENT\",\"ClientRequestToken\":\"{_run}-{++_token}\"}}");
        Stamp();

        _text.ResetWrittenCount();
        Ascii(_text,
            $"POST\n{target.Canonical}\n\ncontent-type:application/json\nhost:{host}\nx-amz-chime-bearer:{bearer}\n"
            + $"x-amz-date:{_second}\n\n{SignedHeaders}\n{Hex(SHA256.HashData(_body.WrittenSpan))}");
        var canonical = Hex(SHA256.HashData(_text.WrittenSpan));
        var scope = $"{_day}/us-east-1/chime/aws4_request";
        _text.ResetWrittenCount();
        Ascii(_text, $"AWS4-HMAC-SHA256\n{_second}\n{scope}\n{canonical}");
        var signature = Hex(HMACSHA256.HashData(_key, _text.WrittenSpan));

        Ascii(to,
            $"POST {target.Path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nX-Amz-Date: {_second}\r\n"
            + $"X-Amz-Chime-Bearer: {bearer}\r\nAuthorization: AWS4-HMAC-SHA256 Credential={credentials.AccessKeyId}/{scope}, "
            + $"SignedHeaders={SignedHeaders}, Signature={signature}\r\nContent-Length: {_body.WrittenCount}\r\n\r\n");
        to.Write(_body.WrittenSpan);
    }

    private void Stamp()
    {
        var now = time.GetUtcNow();
        if (now.ToUnixTimeSeconds() == _lastSecond) return;
        _lastSecond = now.ToUnixTimeSeconds();
        _second = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        if (_second[..8] == _day) return;
        _day = _second[..8];
        SigningKey.Derive(credentials.SecretAccessKey, _day, "us-east-1", "chime", _key);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private static void Ascii(IBufferWriter<byte> to, string text) => Encoding.ASCII.GetBytes(text, to);
}

/// <summary>Where the messages of a channel go.</summary>
internal sealed class ChannelTarget
{
    public ChannelTarget(string channelArn)
    {
        Path = $"/channels/{Uri.EscapeDataString(channelArn)}/messages";

        // A signature covers the path encoded once more.
        Canonical = Path.Replace("%", "%25", StringComparison.Ordinal);
    }

    public string Path { get; }

    public string Canonical { get; }
}
