using System.Text;

namespace Carillon.Functions;

/// <summary>An invocation that a process has, or is about to have.</summary>
internal sealed class Invocation(FunctionCall call, DateTimeOffset deadline)
{
    /// <summary>Bytes, as Lambda tells (LogType Tail).</summary>
    public const int MostTail = 4096;

    private readonly TaskCompletionSource<(byte[] Payload, bool Failed)> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FunctionCall Call { get; } = call;

    public DateTimeOffset Deadline { get; } = deadline;

    public Task<(byte[] Payload, bool Failed)> Ended => _ended.Task;

    /// <summary>False where it has ended before.</summary>
    public bool End(byte[] payload, bool failed) => _ended.TrySetResult((payload, failed));

    /// <summary>The last lines of what was printed, cut to what Lambda tells.</summary>
    public static string TailOf(IEnumerable<string> lines)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));
        if (text.Length <= MostTail)
        {
            return Encoding.UTF8.GetString(text);
        }

        var start = text.Length - MostTail;
        while (start < text.Length && (text[start] & 0xC0) == 0x80)
        {
            start++;
        }

        return Encoding.UTF8.GetString(text, start, text.Length - start);
    }
}
