using System.Text;
using System.Text.Json.Nodes;
using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Messages;
using Carillon.Server.Access;
using Carillon.Server.Federation;
using Carillon.Server.Http;
using Carillon.Server.Http.Throttling;
using Carillon.Server.Operations.Channels;
using Carillon.Server.Operations.Identity;
using Carillon.Server.Operations.Messages;
using Carillon.Sql;
using Carillon.Sql.Sqlite;
using Carillon.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Carillon.Tests.Server.Operations;

/// <summary>A store with the operations on top, without HTTP, and what they cost its database.</summary>
internal sealed class OperationsHost : IDisposable
{
    private readonly PageTokens _tokens = new(new byte[32]);
    private readonly AccessRoom _room;
    private readonly Services _services;
    private readonly PolicyGate _gate;
    private readonly Caller _root;

    public OperationsHost(string file, StoreOptions? options = null)
    {
        Database = new(new SqliteDatabase(file));
        Store = SqlStore.Open(Database, options ?? new StoreOptions(), TimeProvider.System, new Nobody());
        var account = new Account(LiveServer.Account);
        _room = AccessRoom.Open(
            Store, new Quotas(), account, Store.MasterKey(), TimeProvider.System, FederationSettings.None,
            (_, _, _) => throw new InvalidOperationException("Nothing is fetched."), NullLogger.Instance);
        _gate = new(_room.Authorizer, Store, Arns, TimeProvider.System);
        _root = new(account.RootArn, account.Id, account.Id, "AKIA", null, null);
        _services = new(Store, new Quotas(), Arns, _tokens, new MessageIds(), new Throttle([], TimeProvider.System), () => "");
    }

    public static Arns Arns { get; } = new(LiveServer.Region, LiveServer.Account);

    public MeasuredDatabase Database { get; }

    public SqlStore Store { get; }

    /// <summary>Runs an operation as the root user, or in the name of an app instance user.</summary>
    /// <param name="member">Of the answer, which is returned; null for answers without a body.</param>
    public async Task<string> Run(Operation operation, string target, string? bearer, string body, string? member)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[Call.BearerHeader] = bearer;
        var call = new Call(http, RawTarget.Parse(target)!, operation, Encoding.UTF8.GetBytes(body), _root, _gate, _services);
        await operation.Run(call);
        return member is null ? "" : (string)JsonNode.Parse(call.Answer)![member]!;
    }

    /// <summary>An app instance, a user, and a channel that the user is in.</summary>
    public async Task<(string App, string User, string Channel)> NewChannel()
    {
        var app = await Run(
            CreateAppInstance.Operation, "/app-instances", null, """{"Name":"a","ClientRequestToken":"t1"}""", "AppInstanceArn");
        var user = await Run(
            CreateAppInstanceUser.Operation, "/app-instance-users", null,
            $$"""{"AppInstanceArn":"{{app}}","AppInstanceUserId":"ann","Name":"Ann","ClientRequestToken":"t2"}""",
            "AppInstanceUserArn");
        var channel = await Run(
            CreateChannel.Operation, "/channels", user,
            $$"""{"AppInstanceArn":"{{app}}","Name":"c","ClientRequestToken":"t3"}""", "ChannelArn");
        return (app, user, channel);
    }

    public Task<string> Send(string user, string channel, string token, string persistence = "PERSISTENT") => Run(
        SendChannelMessage.Operation, $"/channels/{Uri.EscapeDataString(channel)}/messages", user,
        $$"""{"Content":"hello","Type":"STANDARD","Persistence":"{{persistence}}","ClientRequestToken":"{{token}}"}""", "MessageId");

    public void Dispose()
    {
        Store.Dispose();
        _tokens.Dispose();
        _room.Tokens.Dispose();
        _room.KeySecrets.Dispose();
    }
}

/// <summary>Keeps hold of the connections that it hands out, to tell what they have cost.</summary>
internal sealed class MeasuredDatabase(SqlDatabase inner) : SqlDatabase
{
    private readonly List<SqlConnection> _readers = [];
    private SqlConnection? _writer;

    public override Dialect Dialect => inner.Dialect;

    /// <summary>Statements of all readers.</summary>
    public long Read => _readers.Sum(r => r.Statements);

    /// <summary>Statements of the writer.</summary>
    public long Written => _writer!.Statements;

    public Effort OfReaders => new(_readers.Sum(r => r.Effort.Steps), _readers.Sum(r => r.Effort.Pages));

    public Effort OfWriter => new(_writer!.Effort.Steps, _writer.Effort.Pages);

    public override SqlConnection OpenWriter() => _writer = inner.OpenWriter();

    public override SqlConnection OpenReader()
    {
        _readers.Add(inner.OpenReader());
        return _readers[^1];
    }
}

/// <param name="Steps">Instructions of the database.</param>
/// <param name="Pages">Pages that it looked into.</param>
internal readonly record struct Effort(long Steps, long Pages)
{
    public static Effort operator -(Effort left, Effort right) => new(left.Steps - right.Steps, left.Pages - right.Pages);
}
