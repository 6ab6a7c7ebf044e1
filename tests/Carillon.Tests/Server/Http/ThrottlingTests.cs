using System.Net;
using Carillon.Server.Hosting;
using Carillon.Server.Http.Throttling;
using Carillon.Server.Operations;
using Carillon.Server.Operations.Kinesis;
using Carillon.Tests.Server.Operations.Channels;
using Xunit;

namespace Carillon.Tests.Server.Http;

/// <summary>A server with AWS's rates whose time a test moves.</summary>
public sealed class AwsRatesServer : LiveServer
{
    internal ManualTime Clock { get; } = new();

    internal override TimeProvider Time => Clock;

    internal override CarillonOptions Adjust(CarillonOptions options) =>
        base.Adjust(options) with { Throttling = "aws", Rates = "AppInstanceChanges=0,Identity=0,UserChanges=0,ChannelChanges=0" };
}

/// <summary>A server that strangers can reach, whose time a test moves.</summary>
public sealed class PublicRatesServer : LiveServer
{
    internal ManualTime Clock { get; } = new();

    internal override TimeProvider Time => Clock;

    internal override CarillonOptions Adjust(CarillonOptions options) => base.Adjust(options) with { Throttling = "public" };
}

public class ThrottlingTests(AwsRatesServer server) : IClassFixture<AwsRatesServer>
{
    [Theory]
    [InlineData(Rates.Aws, "us-east-1")]
    [InlineData(Rates.Aws, "eu-central-1")]
    [InlineData(Rates.Public, "us-east-1")]
    public void Every_operation_that_a_rate_names_is_there(string profile, string region)
    {
        string[] known = [
            .. Catalog.Identity.Concat(Catalog.Messaging).Select(o => o.Name), Rates.Connect, Rates.AnyRequest,
            .. KinesisService.Operations.Select(o => o.Action),
        ];

        Assert.Empty(Rates.Of(profile, region).SelectMany(rate => rate.Operations).Except(known));
        Assert.NotEmpty(Rates.Of(profile, region));
    }

    private static async Task<int> Spend(Func<Task<Answer>> ask, int most = 100)
    {
        for (var asked = 0; asked < most; asked++)
        {
            var answer = await ask();
            if (answer.Status is not (200 or 201 or 204))
            {
                answer.Refused(429, "ThrottledClientException");
                Assert.Equal(("Throttled", "1"), ((string?)answer.Json["Code"], answer.Header("Retry-After")));
                return asked;
            }
        }

        return most;
    }

    [Fact]
    public async Task A_bearer_may_ask_ten_times_a_second()
    {
        var app = await server.NewApp();
        var (ann, ben) = (await app.NewUser("ann"), await app.NewUser("ben"));

        Assert.Equal(10, await Spend(() => app.Root.ListMembershipsOf(ann)));
        Assert.Equal(10, await Spend(() => app.Root.ListMembershipsOf(ben)));

        server.Clock.Pass(TimeSpan.FromMilliseconds(500));
        Assert.Equal(5, await Spend(() => app.Root.ListMembershipsOf(ann)));
        server.Clock.Pass(TimeSpan.FromHours(1));
        Assert.Equal(10, await Spend(() => app.Root.ListMembershipsOf(ann)));
    }

    [Fact]
    public async Task An_elastic_channel_lets_twice_as_many_come_and_go()
    {
        var app = await server.NewApp();
        var people = await app.NewUsers("admin-1", "admin-2", "admin-3", "admin-4", "guest");
        foreach (var admin in people[..4])
        {
            (await app.Root.CreateAppInstanceAdmin(app.Arn, admin)).Ok();
        }

        foreach (var (elastic, most) in new[] { (false, 15), (true, 30) })
        {
            server.Clock.Pass(TimeSpan.FromSeconds(5));
            var channel = elastic
                ? (await ElasticRoom.Create(app, people[0], ElasticRoom.Configuration(2, 2))).Text("ChannelArn")
                : await app.NewChannel(people[0]);
            server.Clock.Pass(TimeSpan.FromSeconds(5));
            var changes = 0;
            foreach (var admin in people[..4])
            {
                changes += await Spend(() => app.Root.DeleteChannelBan(admin, channel, people[4]));
            }

            Assert.Equal(most, changes);
        }
    }

    [Fact]
    public async Task What_is_throttled_changes_nothing_and_uses_up_nothing()
    {
        var app = await server.NewApp();
        var people = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => app.NewUser($"u{i}")));
        var channel = await app.NewChannel(people[0], members: people[1..]);
        server.Clock.Pass(TimeSpan.FromSeconds(1));

        var sent = 0;
        foreach (var person in people)
        {
            sent += await Spend(() => app.Root.SendChannelMessage(person, channel, "hello"));
        }

        // Three speak ten times each; then the channel's thirty a second are used up, and the others are still fresh.
        Assert.Equal(30, sent);
        server.Clock.Pass(TimeSpan.FromSeconds(1));
        var history = await app.Root.Send("GET", $"/channels/{ChimeClient.E(channel)}/messages", people[4]);
        Assert.Equal(30, history.Json["ChannelMessages"]!.AsArray().Count);
        Assert.Equal(9, await Spend(() => app.Root.SendChannelMessage(people[4], channel, "hello")));
    }

    [Fact]
    public async Task Who_may_not_ask_uses_up_nothing()
    {
        var app = await server.NewApp();
        var ann = await app.NewUser("ann");
        var stranger = server.As(new("AKIANOBODY", "secret"));
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(403, (await stranger.ListMembershipsOf(ann)).Status);
        }

        Assert.Equal(10, await Spend(() => app.Root.ListMembershipsOf(ann)));
    }

    [Fact]
    public async Task Strangers_do_not_use_up_what_belongs_to_a_channel()
    {
        var app = await server.NewApp();
        var (ann, strangers) = (await app.NewUser("ann"), await app.NewUsers("s1", "s2", "s3", "s4"));
        var channel = await app.NewChannel(ann, privacy: "PRIVATE");
        server.Clock.Pass(TimeSpan.FromSeconds(1));

        foreach (var stranger in strangers)
        {
            for (var i = 0; i < 10; i++)
            {
                (await app.Root.DescribeChannel(stranger, channel)).Forbidden();
            }

            // The stranger's own is used up all the same.
            (await app.Root.DescribeChannel(stranger, channel)).Refused(429, "ThrottledClientException");
        }

        (await app.Root.DescribeChannel(ann, channel)).Ok();
    }

    [Fact]
    public async Task A_search_is_one_of_the_bearers_requests()
    {
        var app = await server.NewApp();
        var ann = await app.NewUser("ann");
        server.Clock.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(10, await Spend(() => app.Root.SearchChannels(ann, "", ("INCLUDES", [ann]))));
    }

    [Fact]
    public async Task A_user_connects_once_a_second_and_is_told_to_come_back()
    {
        var app = await server.NewApp();
        var ann = await app.NewUser("ann");
        await using var first = await SessionClient.Start(server, ann);
        await using var second = await SessionClient.Open(SessionClient.Url(server, ann, query: "&sessionId=s2"));
        Assert.Equal(1013, await second.Closed);
        server.Clock.Pass(TimeSpan.FromSeconds(1));
        await using var third = await SessionClient.Start(server, ann, "&sessionId=s3");
    }
}

public class PublicThrottlingTests(PublicRatesServer server) : IClassFixture<PublicRatesServer>
{
    [Fact]
    public async Task An_address_that_asks_too_often_is_refused_before_its_signature_is_looked_at()
    {
        var refused = 0;
        for (var i = 0; i < 250; i++)
        {
            using var answer = await server.Http.GetAsync(new Uri(server.Address, "/app-instances"), TestContext.Current.CancellationToken);
            refused += answer.StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
            Assert.True(answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.Forbidden);
        }

        Assert.Equal(50, refused);
        using var sts = await server.Http.PostAsync(
            server.Address, new StringContent("Action=GetCallerIdentity"), TestContext.Current.CancellationToken);
        Assert.Contains("<Code>Throttling</Code>", await sts.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("1", sts.Headers.GetValues("Retry-After").Single());

        server.Clock.Pass(TimeSpan.FromSeconds(1));
        using var later = await server.Http.GetAsync(new Uri(server.Address, "/app-instances"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, later.StatusCode);
    }

    [Fact]
    public void An_address_holds_so_many_connections_and_no_more()
    {
        var limit = new ConnectionLimit(2);
        var (one, other) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("::ffff:192.0.2.2"));
        Assert.True(limit.TryEnter(one) && limit.TryEnter(one) && limit.TryEnter(other));
        Assert.False(limit.TryEnter(one));
        limit.Leave(one);
        Assert.True(limit.TryEnter(one));
        Assert.False(limit.TryEnter(one));
    }
}
