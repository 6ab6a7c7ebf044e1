using Carillon.Events.Core;
using Carillon.Events.Core.Tickets;

namespace Carillon.Events.Letters;

/// <summary>
/// Sends what lies in the table of letters. Whoever asked for one has their answer by then, so that no answer tells whether there is
/// one to send. A letter goes out once; and once more where the process ended, or the line broke, before it could be written down.
/// </summary>
internal sealed class LetterWork : IAsyncDisposable
{
    /// <summary>Letters on their way at once. Our choice: mail servers like few connections.</summary>
    private const int lanes = 4;

    /// <summary>Between two looks for what is due. Our choice.</summary>
    private static readonly TimeSpan look = TimeSpan.FromSeconds(5);

    /// <summary>After the first failure; doubled with each further one. Our choice: a server that greylists wants some minutes.</summary>
    private static readonly TimeSpan shortest = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan longest = TimeSpan.FromMinutes(30);

    /// <summary>At the end, for letters that are being handed over: they need not go out twice. Our choice.</summary>
    private static readonly TimeSpan farewell = TimeSpan.FromSeconds(3);

    private readonly EventsService events;
    private readonly MailOptions options;
    private readonly Post post;
    private readonly ILogger log;
    private readonly SemaphoreSlim bell = new(0, 1);
    private readonly CancellationTokenSource ending = new();
    private readonly CancellationTokenSource stopped = new();
    private readonly Task running;
    private int closed;

    public LetterWork(EventsService events, MailOptions options)
    {
        this.events = events;
        this.options = options;
        post = new Post(options, events.Time);
        log = events.Logs.CreateLogger("Carillon.Events");
        running = Task.Run(RunAsync);
    }

    /// <summary>Something may be due.</summary>
    public void Wake()
    {
        try
        {
            bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) == 1) return;
        await ending.CancelAsync();
        await Task.WhenAny(running, Task.Delay(farewell, TimeProvider.System));
        await stopped.CancelAsync();
        await running;
        ending.Dispose();
        stopped.Dispose();
        bell.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(look, events.Time);
        var tick = timer.WaitForNextTickAsync(ending.Token).AsTask();
        var rung = bell.WaitAsync(ending.Token);
        try
        {
            while (true)
            {
                // First what an earlier process left.
                await Task.WhenAll(Enumerable.Range(0, lanes).Select(_ => Task.Run(WorkOffAsync)));
                await Task.WhenAny(tick, rung);
                ending.Token.ThrowIfCancellationRequested();
                if (tick.IsCompleted) tick = timer.WaitForNextTickAsync(ending.Token).AsTask();
                if (rung.IsCompleted) rung = bell.WaitAsync(ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // What is left is found at the next start.
        }
    }

    private async Task WorkOffAsync()
    {
        try
        {
            while (!ending.IsCancellationRequested && events.Store.Read(view => view.DueLetter()) is not null
                && await events.Store.Write(ledger => LostCodes.Take(ledger, events.Codes)) is var (letter, toSend))
            {
                if (toSend is not null) await SendAsync(letter, toSend);
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // Its row is there at the next start.
        }
        catch (Refused unavailable)
        {
            LetterLog.Postponed(log, unavailable.Message);
        }
#pragma warning disable CA1031 // It ends this round alone, is logged, and the letter is found in the table again.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            LetterLog.Failed(log, fault);
        }
    }

    private async Task SendAsync(Letter letter, LetterToSend toSend)
    {
        // After the hash: what stands there is sent to no server and lands in no log.
        var link = $"{new Uri(options.Links(), $"/events/{toSend.Show.Slug}").AbsoluteUri}#lost={toSend.Secret}";
        var (subject, text) = LetterText.Of(letter.Language, toSend.Show.Definition.Title, link);
        try
        {
            await post.SendAsync(new Mail(toSend.Id, toSend.To, letter.Language, subject, text), stopped.Token);
        }
        catch (PostException failed)
        {
            var again = await events.Store.Write(ledger => LostCodes.Failed(ledger, letter, failed.Message, failed.IsFinal ? null : PauseAfter(letter.Tries)));
            if (again) LetterLog.Postponed(log, failed.Message);
            else LetterLog.GivenUp(log, failed.Message);
            return;
        }

        await events.Store.Write(ledger => LostCodes.Sent(ledger, letter));
    }

    private static TimeSpan PauseAfter(long tries)
    {
        var pause = Math.Min(longest.TotalSeconds, shortest.TotalSeconds * Math.Pow(2, Math.Min(tries - 1, 20)));
        // Those that failed together are not to come back together.
        return TimeSpan.FromSeconds(pause * (0.75 + Random.Shared.NextDouble() / 2));
    }
}

/// <remarks>Neither address nor link is in any.</remarks>
internal static partial class LetterLog
{
    [LoggerMessage(5301, LogLevel.Warning, "A letter was not handed over yet; it will be tried again: {Reason}")]
    public static partial void Postponed(ILogger log, string reason);

    [LoggerMessage(5302, LogLevel.Error, "A letter cannot be delivered: {Reason}")]
    public static partial void GivenUp(ILogger log, string reason);

    [LoggerMessage(5303, LogLevel.Error, "Sending a letter failed in this app; it is tried again.")]
    public static partial void Failed(ILogger log, Exception fault);
}
