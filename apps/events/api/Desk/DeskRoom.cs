using Carillon.Events.Core.Shows;
using Carillon.Events.Door;
using Carillon.Events.SignIn;

namespace Carillon.Events.Desk;

/// <param name="Stays">Whether whoever has the page open may still.</param>
internal sealed record DeskPage(DeviceSocket Socket, Signer Signer, Func<bool> Stays);

/// <summary>The open pages of one desk. All of it happens under its own lock, and none of it waits.</summary>
internal sealed class DeskRoom(TimeSpan claim)
{
    /// <summary>Messages whose times are remembered for the rate. Our choice: beyond it the rate is as good as this.</summary>
    private const int mostTimes = 100_000;

    private static readonly TimeSpan minute = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly List<DeskPage> pages = [];
    private readonly Dictionary<string, (DeskPage Page, DateTimeOffset Until)> claims = [];
    private readonly Queue<DateTimeOffset> times = [];
    private readonly Queue<(DateTimeOffset At, long Reacted)> reactions = [];
    private DeskNumbers? told;
    private byte[]? toldStaff;
    private Phase? toldPhase;
    private long? toldVersion;

    public bool HasPages
    {
        get
        {
            lock (gate) return pages.Count > 0;
        }
    }

    public bool Join(DeskPage page, int most)
    {
        lock (gate)
        {
            if (pages.Count >= most) return false;
            pages.Add(page);
            return true;
        }
    }

    /// <returns>What the page had claimed.</returns>
    public IReadOnlyList<string> Leave(DeskPage page)
    {
        lock (gate)
        {
            pages.Remove(page);
            var left = claims.Where(c => ReferenceEquals(c.Value.Page, page)).Select(c => c.Key).ToList();
            foreach (var id in left) claims.Remove(id);
            return left;
        }
    }

    public void Tell(byte[] notice)
    {
        lock (gate)
            foreach (var page in pages) page.Socket.Tell(notice);
    }

    public void Close(int code)
    {
        lock (gate)
            foreach (var page in pages) page.Socket.Close(code);
    }

    /// <summary>Whoever was sent away meanwhile hears nothing more.</summary>
    public void CloseStrangers()
    {
        DeskPage[] open;
        lock (gate) open = [.. pages];
        foreach (var page in open)
        {
            if (!page.Stays()) page.Socket.Close(DeviceClose.EnterAgain);
            page.Socket.AbortIfStuck(silent: false);
        }
    }

    /// <summary>The first who looks at a message has it, for a while.</summary>
    /// <returns>Who has it now.</returns>
    public string Claim(DeskPage page, string messageId, DateTimeOffset now)
    {
        lock (gate)
        {
            if (claims.TryGetValue(messageId, out var held) && held.Until > now && !ReferenceEquals(held.Page, page)) return held.Page.Signer.Name;
            // A page looks at one message at a time.
            foreach (var (id, _) in claims.Where(c => c.Value.Until <= now || ReferenceEquals(c.Value.Page, page)).ToList()) claims.Remove(id);
            claims[messageId] = (page, now + claim);
            return page.Signer.Name;
        }
    }

    public string? ClaimedBy(string messageId, DateTimeOffset now)
    {
        lock (gate) return claims.TryGetValue(messageId, out var held) && held.Until > now ? held.Page.Signer.Name : null;
    }

    public void Release(string messageId)
    {
        lock (gate) claims.Remove(messageId);
    }

    /// <summary>Another message was heard.</summary>
    public void Count(DateTimeOffset now)
    {
        lock (gate)
        {
            Forget(now);
            if (times.Count < mostTimes) times.Enqueue(now);
        }
    }

    /// <summary>Messages and reactions of the last minute.</summary>
    /// <param name="reacted">Reactions in all, as of now.</param>
    public (int Messages, long Reactions) Rates(DateTimeOffset now, long reacted)
    {
        lock (gate)
        {
            Forget(now);
            // The count begins again when the last page of the show was closed.
            if (reactions.Count > 0 && reactions.Last().Reacted > reacted) reactions.Clear();
            while (reactions.TryPeek(out var old) && old.At + minute < now && reactions.Count > 1) reactions.Dequeue();
            reactions.Enqueue((now, reacted));
            return (times.Count, reacted - reactions.Peek().Reacted);
        }
    }

    /// <summary>Whether they are others than were told last.</summary>
    public bool Changed(DeskNumbers numbers)
    {
        lock (gate)
        {
            if (numbers == told) return false;
            told = numbers;
            return true;
        }
    }

    /// <summary>Whether they are others than were told last.</summary>
    public bool StaffChanged(byte[] staff)
    {
        lock (gate)
        {
            if (toldStaff is not null && staff.AsSpan().SequenceEqual(toldStaff)) return false;
            toldStaff = staff;
            return true;
        }
    }

    /// <summary>Whether the show is another than it was when this was asked last.</summary>
    public bool ShowChanged(long version)
    {
        lock (gate)
        {
            if (toldVersion == version) return false;
            toldVersion = version;
            return true;
        }
    }

    public bool PhaseChanged(Phase phase)
    {
        lock (gate)
        {
            if (toldPhase == phase) return false;
            toldPhase = phase;
            return true;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        while (times.TryPeek(out var old) && old + minute <= now) times.Dequeue();
    }
}
