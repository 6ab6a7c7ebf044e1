using Carillon.Load.Protocols;
using Carillon.Sql;

namespace Carillon.Load.Store;

/// <summary>Gives a store a past by SQL: messages like the one that each of its channels holds.</summary>
internal static class Past
{
    private const int Slice = 50_000;

    /// <param name="messages">To be stored then, in all.</param>
    public static void Fill(SqlConnection store, int messages)
    {
        var channels = (int)store.Number("select count(distinct channel) from message")!.Value;
        var position = store.Number("select position from log_head")!.Value;
        var each = (messages / channels) - 1;
        var copied = Schema.Columns(store, "message").Select(column => column.Name)
            .Except(["position", "channel", "sequence", "id", "created", "updated"]).ToList();
        var insert =
            $"""
            with recursive turn(n) as (select $1 union all select n + 1 from turn where n < $2)
            insert into message(position, channel, sequence, id, created, updated, {string.Join(", ", copied)})
            select $3 + (turn.n - 1) * $4 + place, channel, sequence + turn.n, randomblob(length(id)), created + turn.n * 1000,
                updated + turn.n * 1000, {string.Join(", ", copied)}
            from turn cross join (select *, row_number() over (order by channel) as place from message where position <= $3)
            """;
        var perSlice = Slice / channels;
        for (var done = 0; done < each; done += perSlice)
        {
            store.Begin();
            store.Execute(insert, (long)done + 1, Math.Min(done + perSlice, each), position, channels);
            store.Commit();
            store.Maintain();
        }

        store.Execute("update log_head set position = position + $1, at = at + $2", (long)each * channels, each * 1000L);
        store.Execute(
            """
            update channel_head set sequence = sequence + $1, messages = messages + $1, last_message = last_message + $2,
                latest = (select max(position) from message where message.channel = channel_head.channel)
            where channel in (select channel from message)
            """,
            (long)each, each * 1000L);
        if (store.Number("select count(*) from message") != (long)(each + 1) * channels)
            throw new RunFailed("The past was not written.");
    }
}
