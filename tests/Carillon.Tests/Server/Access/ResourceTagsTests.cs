using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Core.Identity;
using Carillon.Server.Access;
using Carillon.Server.Http;
using Carillon.Sql.Sqlite;
using Carillon.Tests.Backends;
using Xunit;

namespace Carillon.Tests.Server.Access;

/// <summary>What it costs that policies may ask for tags.</summary>
public sealed class ResourceTagsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-tags-").FullName;
    private readonly Stage _stage;
    private readonly Counted _store;
    private readonly Arns _arns = new(LiveServer.Region, LiveServer.Account);

    public ResourceTagsTests()
    {
        _stage = new(new SqliteDatabase(Path.Combine(_folder, "data.db")));
        _store = new(_stage.Store);
    }

    [Theory]
    [InlineData("""{"StringEquals":{"aws:PrincipalTag/team":"red"}}""", 0)]
    [InlineData("""{"StringEquals":{"aws:ResourceTag/team":"red"}}""", 1)]
    [InlineData("""{"StringEquals":{"aws:ResourceTag/team":"red"},"Null":{"aws:ResourceTag/stage":"true"}}""", 1)]
    public async Task Tags_are_read_once_and_only_where_a_policy_asks(string condition, int reads)
    {
        var app = await _stage.MakeApp("app", new Tag("team", "red"));
        var arn = _arns.App(app.Id);
        var policy = Policy.Parse(
            $$"""{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"chime:*","Resource":"*","Condition":{{condition}} } }""");

        var decision = Policy.Evaluate(
            new Grants(false, [policy]),
            new AccessRequest(
                "chime:DescribeAppInstance", [new(arn, new ResourceTags(_store, _arns, arn))],
                new ContextKeys().Set("aws:PrincipalTag/team", "red")));

        Assert.True(decision.IsAllowed);
        Assert.Equal(reads, _store.Reads);
    }

    public void Dispose()
    {
        _stage.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Counted(IStore store) : IStore
    {
        public int Reads { get; private set; }

        public T Read<T>(Func<IView, T> query)
        {
            Reads++;
            return store.Read(query);
        }

        public Task<T> Write<T>(Func<ILedger, T> change) => store.Write(change);
    }
}
