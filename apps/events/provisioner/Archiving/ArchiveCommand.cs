using Carillon.Events.Core.Archive;

namespace Carillon.Events.Provisioner.Archiving;

/// <summary><c>check FILE [HASH]</c>: whether an archive's JSON lines are as they were written.</summary>
internal static class ArchiveCommand
{
    /// <param name="head">The last hash, as it was noted down; null where nobody did.</param>
    /// <returns>0 where all is well.</returns>
    public static async Task<int> CheckAsync(string file, string? head)
    {
        await using var input = File.OpenRead(file);
        var found = await ArchiveCheck.ReadAsync(input, CancellationToken.None);
        var last = Convert.ToHexStringLower(found.Head);
        var fault = found.Fault is { } wrong ? $"after row {found.Rows}: {wrong}"
            : head is not null && !head.Equals(last, StringComparison.OrdinalIgnoreCase) ? $"the last hash is {last}" : null;
        if (fault is null)
        {
            await Console.Out.WriteLineAsync($"{found.Rows} rows with {found.Messages} messages, whole. Last hash: {last}");
            return 0;
        }

        await Console.Error.WriteLineAsync($"{file} is not as it was written: {fault}.");
        return 1;
    }
}
