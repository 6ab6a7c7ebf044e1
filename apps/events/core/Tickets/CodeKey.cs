using System.Security.Cryptography;
using System.Text;

namespace Carillon.Events.Core.Tickets;

/// <summary>
/// The key under which codes are kept as HMAC-SHA256. It lies beside the database and not in it, so that a copy of the
/// database alone does not allow trying codes.
/// </summary>
public sealed class CodeKey
{
    private const int length = 32;

    private readonly byte[] key;

    internal CodeKey(byte[] key) => this.key = key;

    /// <summary>What is kept of a code.</summary>
    /// <param name="code">In its canonical form, as <see cref="TicketCode"/> yields it.</param>
    public byte[] HashOf(string code) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(code));

    /// <summary>Reads the file, or makes it, readable by its owner alone.</summary>
    /// <exception cref="IOException">It cannot be read or made, or holds something else.</exception>
    public static CodeKey ReadOrMake(string path)
    {
        if (!File.Exists(path))
        {
            try
            {
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                using var file = new FileStream(path + ".new", options);
                file.Write(RandomNumberGenerator.GetBytes(length));
                file.Flush(flushToDisk: true);
            }
            catch (IOException) when (File.Exists(path + ".new"))
            {
                // Left by a start that was cut off, or made by another process right now: whichever is moved first counts.
            }

            try
            {
                File.Move(path + ".new", path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process was first.
            }
        }

        var bytes = File.ReadAllBytes(path);
        return bytes.Length == length ? new CodeKey(bytes) : throw new IOException($"{path} is not {length} bytes long.");
    }
}
