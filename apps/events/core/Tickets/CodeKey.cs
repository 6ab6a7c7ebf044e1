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

    /// <summary>Something else that only this key can give.</summary>
    /// <param name="purpose">ASCII; no two uses share one. What follows it keeps it apart from every code.</param>
    public byte[] Derive(string purpose, ReadOnlySpan<byte> from) =>
        HMACSHA256.HashData(key, (byte[])[.. Encoding.ASCII.GetBytes(purpose), 0, .. from]);

    /// <summary>Reads the file, or makes it, readable by its owner alone. It is there whole or not at all, whatever ends the process.</summary>
    /// <exception cref="IOException">It cannot be read or made, or holds something else.</exception>
    public static CodeKey ReadOrMake(string path)
    {
        if (!File.Exists(path)) Make(path);
        var bytes = File.ReadAllBytes(path);
        return bytes.Length == length ? new CodeKey(bytes) : throw new IOException($"{path} is not {length} bytes long.");
    }

    private static void Make(string path)
    {
        // A name of its own: what a start that was cut off left behind is nobody's key.
        var fresh = $"{path}.{Ids.New()}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var file = new FileStream(fresh, options))
            {
                file.Write(RandomNumberGenerator.GetBytes(length));
                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
            File.Delete(fresh);
        }
    }
}
