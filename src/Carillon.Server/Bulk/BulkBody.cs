using System.Buffers;
using System.Security.Cryptography;
using Carillon.Core;
using Carillon.Server.Http;

namespace Carillon.Server.Bulk;

/// <summary>
/// The body of a bulk request. A large one goes into a file of the data folder while its hash is taken: the signature
/// covers that hash, so nothing of the body may be acted on before the last byte has come. (It also suits clients that
/// read no answer before they have sent their request.)
/// </summary>
internal static class BulkBody
{
    /// <summary>Bytes; about a million items. Ours.</summary>
    public const long Most = 256L * 1024 * 1024;

    /// <summary>Takes in a body whose declared hash the signature was found to cover.</summary>
    /// <returns>The body from its beginning; it goes from the disk when it is disposed.</returns>
    /// <exception cref="ApiException">TooLarge; InvalidSignature where it is not the body that was signed.</exception>
    /// <exception cref="Refusal">StoreUnavailable: there is no room for it.</exception>
    public static async Task<Stream> Spool(HttpContext http, string folder, byte[] declared)
    {
        var file = Create(folder);
        try
        {
            await Copy(http, file, declared);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static async Task Copy(HttpContext http, FileStream file, byte[] declared)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long length = 0;
            while (await Receive(http, buffer) is var read and > 0)
            {
                length += read;
                if (length > Most)
                {
                    throw TooLarge();
                }

                hash.AppendData(buffer, 0, read);
                await Write(file, buffer.AsMemory(0, read), http.RequestAborted);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        if (!CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), declared))
        {
            var error = AuthenticationErrors.InvalidSignature;
            throw new ApiException(
                new(error.Name, error.Name, error.RestStatus), "The payload is not the one whose hash was signed.");
        }
    }

    public static ApiException TooLarge() => new(ApiError.TooLarge, $"The request body is larger than {Most} bytes.");

    private static async ValueTask<int> Receive(HttpContext http, byte[] buffer)
    {
        try
        {
            return await http.Request.Body.ReadAsync(buffer, http.RequestAborted);
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The request body cannot be read.", e);
        }
    }

    private static async ValueTask Write(FileStream file, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        try
        {
            await file.WriteAsync(bytes, cancel);
        }
        catch (IOException e)
        {
            throw new Refusal(Reason.StoreUnavailable, e.Message);
        }
    }

    private static FileStream Create(string folder)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.SequentialScan,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new(Path.Combine(folder, $"{Guid.NewGuid():n}.body"), options);
        }
        catch (IOException e)
        {
            throw new Refusal(Reason.StoreUnavailable, e.Message);
        }
    }
}
