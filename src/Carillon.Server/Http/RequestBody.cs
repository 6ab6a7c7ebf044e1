using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Carillon.Server.Http;

/// <summary>The whole body of a request, in a rented buffer: signatures cover it, so it is read before anything else.</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>Bytes; larger bodies are refused before they are read. Ours: the largest legal request is far smaller.</summary>
    public const int Most = 256 * 1024;

    /// <summary>
    /// Bytes that the web server still takes off the wire, for a few seconds, behind the refusal of a body that is too
    /// large: a connection that is closed with unread input is reset, and the client never sees the answer. Ours.
    /// </summary>
    private const int MostDrained = 8 * 1024 * 1024;

    /// <summary>Bytes of memory that a request gets for what it only promises to send; more comes with what has come. Ours.</summary>
    private const int FirstPart = 8 * 1024;

    private byte[] _buffer = [];
    private int _length;

    private RequestBody()
    {
    }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <exception cref="ApiException">TooLarge.</exception>
    /// <exception cref="BadHttpRequestException">It does not arrive as the client announced it.</exception>
    /// <param name="most">Bytes that may come.</param>
    public static async ValueTask<RequestBody> Read(HttpContext http, int most = Most)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = Math.Max(MostDrained, most + 1L);
        }

        if (http.Request.ContentLength > most)
        {
            throw TooLarge(most);
        }

        var body = new RequestBody();
        try
        {
            // One byte more, so that the end of a body that fits is seen without growing.
            body._buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(http.Request.ContentLength ?? FirstPart, FirstPart) + 1);
            while (true)
            {
                var read = await http.Request.Body.ReadAsync(body._buffer.AsMemory(body._length), http.RequestAborted);
                if (read == 0)
                {
                    return body;
                }

                body._length += read;
                if (body._length > most)
                {
                    throw TooLarge(most);
                }

                if (body._length == body._buffer.Length)
                {
                    body.Grow();
                }
            }
        }
        catch (Exception e)
        {
            body.Dispose();
            if (e is IOException and not BadHttpRequestException)
            {
                // The client broke off, or framed its chunks in a way that the web server reports as a broken stream.
                throw new BadHttpRequestException("The request body cannot be read.", e);
            }

            throw;
        }
    }

    private static ApiException TooLarge(int most) => new(ApiError.TooLarge, $"The request body is larger than {most} bytes.");

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = larger;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
            _buffer = [];
            _length = 0;
        }
    }
}
