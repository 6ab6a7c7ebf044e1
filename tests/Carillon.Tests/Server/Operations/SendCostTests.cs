using System.Text;
using System.Text.Json.Nodes;
using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Messages;
using Carillon.Core.Streaming;
using Carillon.Core.Streams;
using Carillon.Server.Access;
using Carillon.Server.Federation;
using Carillon.Server.Http;
using Carillon.Server.Http.Throttling;
using Carillon.Server.Operations.Channels;
using Carillon.Server.Operations.Flows;
using Carillon.Server.Operations.Identity;
using Carillon.Server.Operations.Messages;
using Carillon.Server.Streaming;
using Carillon.Sql;
using Carillon.Sql.Sqlite;
using Carillon.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Server.Operations;

/// <summary>What one send costs the database. A number that rises here is a decision, not an accident.</summary>
public sealed class SendCostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-cost-").FullName;
    private readonly Watched _database;
    private readonly SqlStore _store;
    private readonly Services _services;
    private readonly PolicyGate _gate;
    private readonly Caller _root;
    private readonly PageTokens _tokens = new(new byte[32]);

    public SendCostTests()
    {
        _database = new(new SqliteDatabase(Path.Combine(_folder, "data.db")));
        var arns = new Arns(LiveServer.Region, LiveServer.Account);
        _store = SqlStore.Open(
            _database, new StoreOptions { Records = new EventRecords(arns) }, TimeProvider.System, new Nobody());
        var account = new Account(LiveServer.Account);
        var room = AccessRoom.Open(_store, new Quotas(), account, _store.MasterKey(), TimeProvider.System, FederationSettings.None,
            (_, _, _) => throw new InvalidOperationException("Nothing is fetched."), NullLogger.Instance);
        _gate = new(room.Authorizer, _store, arns, TimeProvider.System);
        _root = new(account.RootArn, account.Id, account.Id, "AKIA", null, null);
        _services = new(_store, new Quotas(), arns, _tokens, new MessageIds(), new Throttle([], TimeProvider.System), () => "");
    }

    [Theory]
    [InlineData("PERSISTENT", false, false, 0, 7)]
    [InlineData("NON_PERSISTENT", false, false, 0, 5)]
    [InlineData("PERSISTENT", true, false, 0, 7)]
    [InlineData("PERSISTENT", false, true, 0, 8)]
    [InlineData("NON_PERSISTENT", false, true, 0, 5)]
    public async Task A_send_runs_this_many_statements(string persistence, bool flow, bool streamed, int reading, int writing)
    {
        var app = await Run(CreateAppInstance.Operation, "/app-instances", null, """{"Name":"a","ClientRequestToken":"t1"}""", "AppInstanceArn");
        var user = await Run(
            CreateAppInstanceUser.Operation, "/app-instance-users", null,
            $$"""{"AppInstanceArn":"{{app}}","AppInstanceUserId":"ann","Name":"Ann","ClientRequestToken":"t2"}""", "AppInstanceUserArn");
        var channel = await Run(
            CreateChannel.Operation, "/channels", user, $$"""{"AppInstanceArn":"{{app}}","Name":"c","ClientRequestToken":"t3"}""", "ChannelArn");
        Task<string> Send(string token) => Run(
            SendChannelMessage.Operation, $"/channels/{Uri.EscapeDataString(channel)}/messages", user,
            $$"""{"Content":"hello","Type":"STANDARD","Persistence":"{{persistence}}","ClientRequestToken":"{{token}}"}""", "MessageId");
        if (flow)
        {
            var made = await Run(
                CreateChannelFlow.Operation, "/channel-flows", null,
                new JsonObject
                {
                    ["AppInstanceArn"] = app,
                    ["Name"] = "f",
                    ["ClientRequestToken"] = "t4",
                    ["Processors"] = ChimeClient.Processors("f"),
                }.ToJsonString(),
                "ChannelFlowArn");
            await Run(
                AssociateChannelFlow.Operation, $"/channels/{Uri.EscapeDataString(channel)}/channel-flow", user,
                $$"""{"ChannelFlowArn":"{{made}}"}""", null);
        }

        if (streamed)
        {
            await _store.Write(ledger =>
            {
                DataStreams.Create(ledger, new Quotas(), "s", StreamMode.Provisioned, 4, DataStreams.DefaultRecordKiB, []);
                DataStreams.Encrypt(ledger, "s", "alias/aws/kinesis");
                StreamingConfigurations.Put(ledger, app.Split('/')[^1], [new(StreamedData.ChannelMessage, "stream/s")]);
                return true;
            });
        }

        // The first ones read who may speak in the channel; the writer knows it from then on.
        await Send("first");
        await Send("another");
        var (readBefore, writtenBefore) = (_database.Read, _database.Written);

        await Send("second");

        Assert.Equal((reading, writing), (_database.Read - readBefore, _database.Written - writtenBefore));
    }

    private async Task<string> Run(Operation operation, string target, string? bearer, string body, string? member)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[Call.BearerHeader] = bearer;
        var call = new Call(http, RawTarget.Parse(target)!, operation, Encoding.UTF8.GetBytes(body), _root, _gate, _services);
        await operation.Run(call);
        return member is null ? "" : (string)JsonNode.Parse(call.Answer)![member]!;
    }

    public void Dispose()
    {
        _store.Dispose();
        _tokens.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Keeps hold of the connections that it hands out.</summary>
    private sealed class Watched(SqlDatabase inner) : SqlDatabase
    {
        private readonly List<SqlConnection> _readers = [];
        private SqlConnection? _writer;

        public override Dialect Dialect => inner.Dialect;

        public long Read => _readers.Sum(r => r.Statements);

        public long Written => _writer!.Statements;

        public override SqlConnection OpenWriter() => _writer = inner.OpenWriter();

        public override SqlConnection OpenReader()
        {
            _readers.Add(inner.OpenReader());
            return _readers[^1];
        }
    }

    private sealed class Nobody : IBus
    {
        public void Publish(IReadOnlyList<Event> events)
        {
        }
    }
}
