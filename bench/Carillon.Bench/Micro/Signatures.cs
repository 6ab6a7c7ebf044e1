using BenchmarkDotNet.Attributes;
using Carillon.Wire.SigV4;

namespace Carillon.Bench.Micro;

/// <summary>The proof of a request, with the key of the day at hand, as the server has it.</summary>
[MemoryDiagnoser]
public class Signatures
{
    private static readonly SigV4Policy policy = new("chime");
    private readonly byte[] _key = new byte[SigningKey.Size];
    private HeaderField[] _headers = [];
    private string _connect = "";

    [GlobalSetup]
    public void SetUp()
    {
        SigningKey.Derive(Sample.Secret, "20260102", "us-east-1", "chime", _key);
        HeaderField[] sent =
        [
            new("Host", "localhost:4580"), new("Content-Type", "application/json"), new("x-amz-chime-bearer", Sample.UserArn),
        ];
        _headers = [.. sent, .. Sample.Signer.Sign("POST", Sample.Target, sent, Sample.Body)];
        var url = new Uri($"http://localhost:4580/connect?sessionId=s-1&userArn={Uri.EscapeDataString(Sample.UserArn)}");
        _connect = new Uri(Sample.Signer.Presign("GET", url, TimeSpan.FromMinutes(1))).PathAndQuery;
    }

    [Benchmark(Description = "verify a send of 512 bytes")]
    public bool Send() => Prove(new RawRequest("POST", Sample.Target, _headers), Sample.Body);

    [Benchmark(Description = "verify a presigned /connect")]
    public bool Connect() => Prove(new RawRequest("GET", _connect, [new("Host", "localhost:4580")]), []);

    private bool Prove(RawRequest request, byte[] body) =>
        SigV4Reader.TryRead(request, policy, Sample.Now, out var claim, out _)
            && SigV4Verifier.Verify(request, claim, body, (ReadOnlySpan<byte>)_key) is null
            ? true
            : throw new InvalidOperationException("The signature is good and was not found so.");
}
