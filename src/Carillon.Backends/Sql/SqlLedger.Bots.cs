using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;

namespace Carillon.Backends.Sql;

internal sealed partial class SqlLedger
{
    public Bot AddBot(AppInstance app, string id, string? name, string? metadata, LexConfiguration configuration)
    {
        var key = Connection.Number(
            """
            insert into person(app, kind, id, name, metadata, configuration, created, updated)
            values ($1, 1, $2, $3, $4, $5, $6, $6) returning key
            """,
            app.Key.Value, id, name, metadata, BotJson.Write(configuration), Now.Microseconds)!.Value;
        Connection.Execute(Counter(PersonKind.Bot, "+ 1"), app.Key.Value);
        return new(new(new(key), app.Key, app.Id, PersonKind.Bot, id, name), metadata, configuration, Now, Now);
    }

    public Bot UpdateBot(Bot bot, string name, string? metadata, LexConfiguration configuration)
    {
        Connection.Execute(
            "update person set name = $2, metadata = $3, configuration = $4, updated = $5 where key = $1",
            bot.Person.Key.Value, name, metadata, BotJson.Write(configuration), Now.Microseconds);
        return new(bot.Person with { Name = name }, metadata, configuration, bot.Created, Now);
    }

    private void AddBotMember(ChannelKey channel, UserKey bot)
    {
        Connection.Execute("insert into channel_bot(channel, person) values ($1, $2)", channel.Value, bot.Value);
        ChangedHead(channel).Bots++;
    }

    private void DeleteBotMember(ChannelKey channel, UserKey bot)
    {
        if (Connection.Execute("delete from channel_bot where channel = $1 and person = $2", channel.Value, bot.Value) > 0)
        {
            ChangedHead(channel).Bots--;
        }
    }

    public void AddBotCall(UserKey bot, ChannelKey channel, long sequence) => known.Log(
        "insert into bot_call(bot, channel, sequence, due) values ($1, $2, $3, $4)",
        bot.Value, channel.Value, sequence, Now.Microseconds);

    public void PostponeBotCall(BotCall call, Instant due) => Connection.Execute(
        "update bot_call set due = $2, attempts = $3 where position = $1",
        call.Position, due.Microseconds, call.Attempts + 1);

    public bool DeleteBotCall(long position) =>
        Connection.Execute("delete from bot_call where position = $1", position) > 0;
}
