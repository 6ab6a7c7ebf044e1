namespace Carillon.Core;

/// <summary>A slice of a list. <c>Next</c> is where the following slice starts, null at the end.</summary>
/// <remarks>A page may hold fewer items than asked for, even none, and still have a next one.</remarks>
public sealed record Page<T>(IReadOnlyList<T> Items, long? Next);

public static class Page
{
    /// <summary>Makes a page of at most <paramref name="size"/> from rows fetched with a limit of size + 1.</summary>
    public static Page<T> Of<T>(List<T> rows, int size, Func<T, long> position)
    {
        if (rows.Count <= size)
        {
            return new(rows, null);
        }

        rows.RemoveRange(size, rows.Count - size);
        return new(rows, position(rows[^1]));
    }
}
