using Carillon.Sql;

namespace Carillon.Load.Store;

/// <summary>Writes what a commit of sends writes: a message and its token each, and once the heads of log and channel.</summary>
internal sealed class BareWriter(SqlConnection store, Rows messages, Rows requests)
{
    /// <summary>Sends written.</summary>
    public int Done { get; private set; }

    /// <summary>The next commit, as it was, but not beyond so many sends.</summary>
    public void Commit(int most)
    {
        var end = Done + 1;
        while (end < most && messages.Times[end] == messages.Times[Done])
        {
            end++;
        }

        Write(end);
    }

    /// <summary>A commit with the next send alone.</summary>
    public void CommitOne() => Write(Done + 1);

    private void Write(int end)
    {
        store.Begin();
        for (; Done < end; Done++)
        {
            store.Execute(requests.Insert, requests.Values[Done]);
            store.Execute(messages.Insert, messages.Values[Done]);
        }

        // Positions, sequences and times rise with each send; these are the columns that a send changes.
        store.Execute("update log_head set position = position + $1, at = $2", 1L, messages.Times[Done - 1]);
        store.Execute(
            "update channel_head set sequence = sequence + $1, messages = messages + $1, last_message = $2, latest = latest + $1",
            1L, messages.Times[Done - 1]);
        store.Commit();
        store.Maintain();
    }
}
