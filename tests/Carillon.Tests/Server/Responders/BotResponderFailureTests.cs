using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Server.Http;
using Carillon.Server.Http.Throttling;
using Carillon.Server.Outbound;
using Carillon.Server.Responders;
using Carillon.Sql.Sqlite;
using Carillon.Tests.Backends;
using Carillon.Wire.Outbound;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Server.Responders;

public sealed class BotResponderFailureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-bots-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_call_that_cannot_be_carried_out_waits_longer_each_time_and_is_given_up()
    {
        var time = new ManualTime();
        using var real = SqlStore.Open(new SqliteDatabase(Path.Combine(_folder, "data.db")), new StoreOptions(), time, new Announcements());
        await real.Write(ledger =>
        {
            ledger.AddBotCall(new UserKey(1), new ChannelKey(1), 1);
            return true;
        });
        using var tokens = new PageTokens(new byte[32]);
        using var http = new OutboundHttp(new OutboundRules(""), time);
        var services = new Services(
            real, new Quotas(), new Arns("us-east-1", "123456789012"), tokens, new MessageIds(), new Throttle([], time), () => "");
        var store = new Poisoned(real);
        using var responder = new BotResponder(
            store, new BotResponders(""), new Webhooks([], time), http, services, time, NullLogger<BotResponder>.Instance);

        await responder.StartAsync(CancellationToken.None);
        var attempts = new List<long>();
        for (var wait = 0; Attempts() is { } attempt; wait++)
        {
            Assert.True(wait < 5_000, "It is tried for ever.");
            if (attempts.Count == 0 || attempts[^1] != attempt)
            {
                attempts.Add(attempt);
            }

            time.Pass(TimeSpan.FromMilliseconds(500));
            await Task.Delay(1);
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), attempts);
        Assert.Equal(10, store.Asked);
        await responder.StopAsync(CancellationToken.None);
    }

    private long? Attempts()
    {
        using var sql = new SqliteDatabase(Path.Combine(_folder, "data.db")).OpenReader();
        return sql.Number("select attempts from bot_call");
    }

    private sealed class Poisoned(IStore real) : IStore
    {
        public int Asked { get; private set; }

        public T Read<T>(Func<IView, T> query)
        {
            if (typeof(T) == typeof(BotQuestion))
            {
                Asked++;
                throw new InvalidOperationException("A row that nobody expected.");
            }

            return real.Read(query);
        }

        public Task<T> Write<T>(Func<ILedger, T> change) => real.Write(change);
    }
}
