using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Sql;

namespace Carillon.Backends.Sql;

internal partial class SqlView
{
    private static Bot ReadBot(SqlRow row) => new(
        Rows.Person(row), row.TextOrNull(6), BotJson.Read(row.Text(11)), Rows.Time(row, 9), Rows.Time(row, 10));

    public Bot? FindBot(PersonAddress address) => Connection.First(
        $"""
        select {User}, p.configuration from app_instance a join person p on p.app = a.key
        where a.id = $1 and a.deleted is null and p.kind = 1 and p.kind = $2 and p.id = $3 and p.deleted is null
        """,
        ReadBot, address.AppId, (long)address.Kind, address.Id);

    public Page<Bot> ListBots(AppKey app, int size, long? after) => Page.Of(
        Connection.Query(
            $"""
            select {User}, p.configuration from person p join app_instance a on a.key = p.app
            where p.app = $1 and p.kind = 1 and p.deleted is null and p.key > $2 order by p.key limit $3
            """,
            ReadBot, app.Value, after ?? 0, size + 1),
        size,
        bot => bot.Person.Key.Value);

    public long CountBots(ChannelKey channel) => Head(channel).Bots;

    public IReadOnlyList<Bot> ListBotMembers(ChannelKey channel) => Connection.Query(
        $"""
        select {User}, p.configuration from channel_bot b join person p on p.key = b.person
        join app_instance a on a.key = p.app
        where b.channel = $1 and p.deleted is null order by b.person
        """,
        ReadBot, channel.Value);

    public bool HasMembersBesides(ChannelKey channel, UserKey user, int exactly) => Connection.Query(
        "select person from member where channel = $1 and hidden = 0 and person <> $2 limit $3",
        static row => row.Integer(0), channel.Value, user.Value, exactly + 1).Count == exactly;

    public IReadOnlyList<BotCall> ListBotCalls(int most) => Connection.Query(
        """
        select position, bot, channel, sequence, attempts from bot_call
        where position in (select min(position) from bot_call where due <= $1 group by bot, channel)
        order by due, position limit $2
        """,
        static row => new BotCall(
            row.Integer(0), new(row.Integer(1)), new(row.Integer(2)), row.Integer(3), (int)row.Integer(4)),
        Now.Microseconds, most);

    public BotQuestion? FindQuestion(BotCall call)
    {
        var bot = Connection.First(
            $"""
            select {User}, p.configuration from person p join app_instance a on a.key = p.app
            where p.key = $1 and p.deleted is null and a.deleted is null
            """,
            ReadBot, call.Bot.Value);
        var sub = call.Channel.Value < 0
            ? Connection.First(
                $"select {SubChannelColumns} from sub_channel b where b.key = $1 and b.deleted is null",
                ReadSubChannel, -call.Channel.Value)
            : null;
        var channel = Connection.First(
            $"select {Rows.Channel} from {Rows.ChannelFrom} where c.key = $1 and c.deleted is null",
            Rows.ReadChannel, sub?.Channel.Value ?? call.Channel.Value);
        var message = Connection.First(
            $"select {Rows.Message} from {Rows.MessageFrom} where m.channel = $1 and m.sequence = $2 and m.state = 0",
            Rows.ReadMessage, call.Channel.Value, call.Sequence);
        return bot is null || channel is null || message is null
            ? null
            : new(call, bot, sub is null ? channel : channel.In(sub), message);
    }
}
