using Carillon.Events.Core;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Core.Store;

namespace Carillon.Events.Provisioner;

/// <summary>Lets single calls through at the times that all provisioners of a database take from their shared pace.</summary>
internal sealed class Turnstile(EventsStore store, Platform platform, TimeProvider time)
{
    /// <summary>Returns when a call of the class may go out.</summary>
    public async Task PassAsync(string pacedClass, CancellationToken cancel)
    {
        while (true)
        {
            var limit = platform.LimitOf(pacedClass);
            var now = Now;
            // Where nothing limits them there is nothing to write down.
            if (limit == 0 && store.Read(view => view.PaceOf(platform.Name, pacedClass)) is { Rate: 0 } free && free.CoolUntil <= now)
                return;
            var slots = await store.Write(ledger => Take(ledger, pacedClass, limit));
            var wake = slots.Count > 0 ? slots.First : slots.First - Pace.Slice;
            if (wake > Now) await Task.Delay(TimeSpan.FromMicroseconds(wake - Now), time, cancel);
            // A late call would meet those of the times after it.
            if (slots.Count > 0 && Now - slots.First <= Pace.Lateness) return;
        }
    }

    /// <summary>A call was refused for coming too soon.</summary>
    public Task RefusedAsync(string pacedClass, TimeSpan? retryAfter) => store.Write(ledger =>
    {
        var limit = platform.LimitOf(pacedClass);
        var pace = ledger.PaceOf(platform.Name, pacedClass);
        ledger.PutPace(
            platform.Name, pacedClass, limit, pace.Refused(ledger.Now, limit, (long?)retryAfter?.TotalMicroseconds, platform.LeastOf(pacedClass)));
    });

    private long Now => time.GetUtcNow().ToMicroseconds();

    private Slots Take(EventsLedger ledger, string pacedClass, long limit)
    {
        var before = ledger.PaceOf(platform.Name, pacedClass);
        var (pace, slots) = before.Take(ledger.Now, limit, 1);
        if (pace != before) ledger.PutPace(platform.Name, pacedClass, limit, pace);
        return slots;
    }
}
