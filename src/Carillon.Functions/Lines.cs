using System.Text;

namespace Carillon.Functions;

/// <summary>Reads what a process prints, line by line, without ever holding more than one line of bounded length.</summary>
internal static class Lines
{
    /// <summary>Bytes; a longer line is told in parts. Ours.</summary>
    public const int Longest = 16 * 1024;

    public static async Task Read(Stream stream, Action<string> line)
    {
        var buffer = new byte[Longest];
        var held = 0;
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(held));
                var start = 0;
                var all = held + read;
                for (var i = held; i < all; i++)
                {
                    if (buffer[i] == '\n')
                    {
                        line(Encoding.UTF8.GetString(buffer, start, i - start));
                        start = i + 1;
                    }
                }

                held = all - start;
                if (held > 0 && (read == 0 || held == buffer.Length))
                {
                    line(Encoding.UTF8.GetString(buffer, start, held));
                    held = 0;
                }

                if (read == 0)
                {
                    return;
                }

                buffer.AsSpan(start, held).CopyTo(buffer);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process is gone, and its pipe with it.
        }
    }
}
