using Xunit;

namespace Carillon.Tests;

/// <summary>Waits for what comes to hold in its own time.</summary>
internal static class Patience
{
    /// <summary>A test that fails may take so long; one that passes goes on at once.</summary>
    private const int Most = 60;

    private const string Otherwise = "It did not come to hold in time.";

    public static Task Until(Func<bool> holds, string otherwise = Otherwise, int seconds = Most) =>
        Until(() => Task.FromResult(holds()), otherwise, seconds);

    public static async Task Until(Func<Task<bool>> holds, string otherwise = Otherwise, int seconds = Most) =>
        Assert.True(await Within(seconds, holds, () => Task.Delay(5)), otherwise);

    /// <summary>Lets a manual clock pass by a step after each look.</summary>
    public static Task Until(ManualTime time, TimeSpan step, Func<bool> holds, string otherwise = Otherwise) =>
        Until(time, step, () => Task.FromResult(holds()), otherwise);

    public static async Task Until(ManualTime time, TimeSpan step, Func<Task<bool>> holds, string otherwise = Otherwise) =>
        Assert.True(
            await Within(Most, holds, () =>
            {
                time.Pass(step);
                return Task.Delay(1);
            }),
            otherwise);

    /// <summary>False where it did not come to hold.</summary>
    public static Task<bool> Within(int seconds, Func<bool> holds) =>
        Within(seconds, () => Task.FromResult(holds()), () => Task.Delay(5));

    private static async Task<bool> Within(int seconds, Func<Task<bool>> holds, Func<Task> pause)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            if (TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromSeconds(seconds))
            {
                return false;
            }

            await pause();
        }

        return true;
    }
}
