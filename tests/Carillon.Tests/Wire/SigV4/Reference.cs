using System.Security.Cryptography;
using System.Text;

namespace Carillon.Tests.Wire.SigV4;

/// <summary>The last steps of signing as the specification has them, sharing nothing with the product.</summary>
internal static class Reference
{
    public static string Signature(string canonicalRequest)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)));
        var text = $"AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/us-east-1/chime/aws4_request\n{hash}";
        var key = Encoding.UTF8.GetBytes("AWS4" + SignedRequest.Secret);
        foreach (var part in (string[])["20260102", "us-east-1", "chime", "aws4_request"]) key = Mac(key, part);
        return Convert.ToHexStringLower(Mac(key, text));
    }

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));
}
