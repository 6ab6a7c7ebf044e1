using System.Buffers.Binary;
using System.Text;

namespace Carillon.Server.Http.Kinesis;

/// <summary>
/// Clients in Java speak CBOR to Kinesis unless told otherwise. They are told, in CBOR, so that the sentence reaches whoever
/// reads their log.
/// </summary>
internal static class Cbor
{
    private const string Protocol = "application/x-amz-cbor-1.1";

    private const string Sentence =
        "This server speaks JSON, not CBOR. Switch CBOR off in the client: AWS SDK for Java 1: AWS_CBOR_DISABLE=true or "
        + "-Dcom.amazonaws.sdk.disableCbor=true. AWS SDK for Java 2 and Kinesis Client Library 2 and 3: CBOR_ENABLED=false or "
        + "-Daws.cborEnabled=false.";

    public static bool IsSpokenBy(HttpContext http) =>
        http.Request.ContentType?.StartsWith("application/x-amz-cbor", StringComparison.OrdinalIgnoreCase) == true
        || http.Request.ContentType?.StartsWith("application/cbor", StringComparison.OrdinalIgnoreCase) == true;

    public static Task Refuse(HttpContext http)
    {
        var body = new MemoryStream();
        body.WriteByte(0xA2); // A map of two.
        Text(body, "__type");
        Text(body, KinesisErrors.Serialization);
        Text(body, "message");
        Text(body, Sentence);
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        http.Response.ContentType = Protocol;
        http.Response.Headers[Answers.ErrorTypeHeader] = KinesisErrors.Serialization;
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body.ToArray(), CancellationToken.None).AsTask();
    }

    private static void Text(MemoryStream into, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length < 24)
        {
            into.WriteByte((byte)(0x60 | bytes.Length));
        }
        else
        {
            // Two bytes of length follow.
            Span<byte> head = [0x79, 0, 0];
            BinaryPrimitives.WriteUInt16BigEndian(head[1..], (ushort)bytes.Length);
            into.Write(head);
        }

        into.Write(bytes);
    }
}
