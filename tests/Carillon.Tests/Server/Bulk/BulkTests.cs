using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Carillon.Server.Bulk;
using Carillon.Tests.Server.Access;
using Carillon.Tests.Server.Operations;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.Bulk;

/// <summary>Many operations in one request.</summary>
public class BulkTests(BulkTests.Fixture fixture) : IClassFixture<BulkTests.Fixture>
{
    public sealed class Fixture : LiveServer;

    private BulkClient Bulk => new(fixture);

    private ChimeClient Chime => fixture.Root;

    [Fact]
    public async Task Users_a_channel_and_its_members_are_made_in_the_order_of_the_lines()
    {
        var app = await fixture.NewApp();
        var channel = app.Arn + "/channel/hall";
        var items = new List<JsonObject> { BulkClient.User(app.Arn, "host", reference: "the host") };
        items.Add(BulkClient.Item("CreateChannel", ChimeClient.Members(
            ("AppInstanceArn", app.Arn), ("Name", "Hall"), ("ChannelId", "hall"), ("ClientRequestToken", "hall"),
            ("ChimeBearer", app.UserArn("host")))));
        for (var i = 0; i < 700; i++)
        {
            items.Add(BulkClient.User(app.Arn, $"u{i}"));
            items.Add(BulkClient.Member(app.UserArn("host"), channel, app.UserArn($"u{i}"), $"m{i}"));
        }

        var reply = await Bulk.Send(items);

        Assert.Equal(200, reply.Status);
        Assert.All(reply.Statuses, status => Assert.Equal(201, status));
        Assert.Equal(Enumerable.Range(1, items.Count), reply.Results.Select(r => (int)r["Line"]!));
        Assert.Equal(app.UserArn("host"), (string)reply.Results[0]["Response"]!["AppInstanceUserArn"]!);
        Assert.Equal("the host", (string)reply.Results[0]["Reference"]!);
        Assert.Equal(channel, (string)reply.Results[1]["Response"]!["ChannelArn"]!);
        Assert.Null(reply.Results[1]["Reference"]);
        Assert.Equal("m0", (string)reply.Results[3]["Reference"]!);
        Assert.Equal("u0", (string)reply.Results[3]["Response"]!["Member"]!["Name"]!);
        Assert.Single(reply.Lines, l => l["Progress"] is not null);
        Assert.Equal((items.Count, 0), ((int)reply.Finished["Succeeded"]!, (int)reply.Finished["Failed"]!));
        Assert.Equal((long)reply.Finished["TotalBytes"]!, (long)reply.Finished["Bytes"]!);
        var counts = (await Chime.DescribeChannel(app.UserArn("host"), channel)).At("x-carillon")!;
        Assert.Equal(701, (int)counts["MemberCount"]!);
    }

    [Fact]
    public async Task One_caller_does_not_take_every_place()
    {
        var app = await fixture.NewApp();
        var worker = new BulkClient(fixture, await Chime.Assume("""{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"} }"""));
        var large = new byte[300 * 1024];
        Array.Fill(large, (byte)'\n');
        using var http = new HttpClient();
        List<(Trickle Body, Task<HttpResponseMessage> Answer)> slow = [];
        for (var i = 1; i <= 2; i++)
        {
            var body = new Trickle(large);
            slow.Add((body, worker.Open(large, http: http, stream: body)));
            await Patience.Until(() => Directory.GetFiles(Path.Combine(Path.GetDirectoryName(fixture.DataFile)!, "spool")).Length >= i);
        }

        Assert.Equal(503, (await worker.Send(large)).Status);
        Assert.Equal([201], (await Bulk.Send(BulkClient.User(app.Arn, "ann"))).Statuses);
        foreach (var (body, answer) in slow)
        {
            body.Go();
            using var done = await answer;
            Assert.Equal(200, (int)done.StatusCode);
        }
    }

    [Fact]
    public async Task One_item_that_fails_fails_nobody_else_and_is_told_why_as_the_operation_tells_it()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob", "cat");
        var channel = await app.NewChannel(people[0], members: [people[1]]);
        JsonObject[] items =
        [
            BulkClient.User(app.Arn, "new-1"),
            BulkClient.User(app.Arn, "ann"),
            BulkClient.User(app.Arn, "bad id!"),
            BulkClient.User(app.Arn + "x", "new"),
            BulkClient.Member(people[0], channel, people[1]),
            BulkClient.Member(people[2], channel, people[2]),
            BulkClient.Member(people[0], channel, app.UserArn("nobody")),
            BulkClient.Member(app.UserArn("nobody"), channel, people[2]),
            BulkClient.Item("CreateChannelMembership", ChimeClient.Members(("ChannelArn", channel), ("MemberArn", people[2]))),
            BulkClient.Item("SendChannelMessage", ChimeClient.Members(("ChannelArn", channel), ("ChimeBearer", people[0]))),
            BulkClient.Item("NoSuchThing", []),
            BulkClient.User(app.Arn, "new-2"),
        ];

        var reply = await Bulk.Send(items);

        Assert.Equal([201, 409, 400, 403, 409, 403, 404, 403, 400, 404, 404, 201], reply.Statuses);
        Assert.Equal(
            ["ConflictException", "BadRequestException", "ForbiddenException", "ConflictException", "ForbiddenException",
                "NotFoundException", "ForbiddenException", "BadRequestException", "UnknownOperationException",
                "UnknownOperationException"],
            reply.Results.Where(r => r["Error"] is not null).Select(r => (string)r["Error"]!["Name"]!));
        Assert.Equal((2, 10), ((int)reply.Finished["Succeeded"]!, (int)reply.Finished["Failed"]!));

        // The same words as the operation's own.
        var alone = await Chime.CreateAppInstanceUser(app.Arn, "ann", "ann");
        Assert.Equal((string)alone.Conflict().Json["Message"]!, (string)reply.Results[1]["Error"]!["Message"]!);
        Assert.Equal((string)alone.Json["Code"]!, (string)reply.Results[1]["Error"]!["Code"]!);
        alone = await Chime.CreateAppInstanceUser(app.Arn, "bad id!", "bad id!");
        Assert.Equal((string)alone.BadRequest().Json["Message"]!, (string)reply.Results[2]["Error"]!["Message"]!);
    }

    [Fact]
    public async Task Every_operation_of_a_bulk_request_takes_its_members_from_where_the_model_puts_them()
    {
        foreach (var operation in BulkOperations.All)
        {
            var contract = Contract.All[operation.Operation.Name];
            foreach (var member in contract.Members.Where(m => m.Name != "ChimeBearer"))
            {
                Assert.Equal(member.Location == "uri", operation.IsLabel(member.Name!));
                Assert.Equal(member.Location is null, !operation.IsLabel(member.Name!) && operation.HasBody);
                if (member.Location == "querystring")
                {
                    Assert.Equal(member.WireName, BulkOperation.InQuery(member.Name!));
                }
            }

            // A world of its own for each: some of them end what others need.
            var world = await World.Make(fixture);
            var request = new JsonObject();
            foreach (var member in contract.Members.Where(m => !ContractRequest.OfElastic.Contains(m.Name)))
            {
                request[member.Name!] = world.ValueOf(contract.Name, member) ?? member.Sample();
            }

            var reply = await Bulk.Send(BulkClient.Item(contract.Name, request));
            Assert.True(reply.Statuses is [var status] && status == contract.Status, $"{contract.Name}: {reply.Lines[0].ToJsonString()}");
            Assert.Equal(contract.Answer is not null, reply.Results[0]["Response"] is not null);
        }
    }

    [Fact]
    public async Task A_repeated_token_answers_again_and_makes_nothing_twice()
    {
        var app = await fixture.NewApp();
        var body = BulkClient.Body(
            BulkClient.User(app.Arn, "ann", "one-token"), BulkClient.User(app.Arn, "ann", "one-token"),
            BulkClient.User(app.Arn, "bob", "one-token"));

        foreach (var _ in new[] { 1, 2 })
        {
            var reply = await Bulk.Send(body);
            Assert.Equal([201, 201, 409], reply.Statuses);
            Assert.Equal(reply.Results[0]["Response"]!.ToJsonString(), reply.Results[1]["Response"]!.ToJsonString());
        }

        Assert.Equal("""{"UserCount":1,"BotCount":0,"ChannelCount":0}""", (await Chime.DescribeAppInstance(app.Arn)).At("x-carillon")!.ToJsonString());
    }

    [Fact]
    public async Task Each_item_needs_what_its_own_request_would_need()
    {
        var app = await fixture.NewApp();
        var people = await app.NewUsers("ann", "bob", "cat");
        var channel = await app.NewChannel(people[0]);
        var ann = await Role(app, $$"""
            {"Effect":"Allow","Action":"chime:CreateChannelMembership","Resource":["{{people[0]}}","{{channel}}"]},
            {"Effect":"Allow","Action":"chime:CreateAppInstanceUser","Resource":"{{app.Arn}}/user/fan-*"}
            """);

        var reply = await new BulkClient(fixture, ann).Send(
            BulkClient.Member(people[0], channel, people[1]),
            BulkClient.Member(people[1], channel, people[2]),
            BulkClient.User(app.Arn, "fan-1"),
            BulkClient.User(app.Arn, "boss-1"),
            BulkClient.Item("DeleteChannel", ChimeClient.Members(("ChannelArn", channel), ("ChimeBearer", people[0]))));

        Assert.Equal([201, 403, 201, 403, 403], reply.Statuses);
        Assert.All(
            reply.Results.Where(r => r["Error"] is not null), r => Assert.Equal("AccessDeniedException", (string)r["Error"]!["Name"]!));
        var alone = await fixture.As(ann).CreateAppInstanceUser(app.Arn, "boss-1", "boss");
        Assert.Equal(
            (string)alone.Refused(403, "AccessDeniedException").Json["Message"]!, (string)reply.Results[3]["Error"]!["Message"]!);
    }

    /// <summary>Temporary credentials of a role that may do this.</summary>
    private async Task<AwsCredentials> Role(App app, string statements)
    {
        var name = $"Bulk{app.Arn[^8..]}";
        await Chime.Query("iam", "CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument",
            $$$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::{{{LiveServer.Account}}}:root"}}]}"""));
        await Chime.Query("iam", "PutRolePolicy", ("RoleName", name), ("PolicyName", "p"), ("PolicyDocument",
            $$"""{"Version":"2012-10-17","Statement":[{{statements}}]}"""));
        var xml = await Chime.Query(
            "sts", "AssumeRole", ("RoleArn", $"arn:aws:iam::{LiveServer.Account}:role/{name}"), ("RoleSessionName", "bulk"));
        string Of(string tag) => xml.Split($"<{tag}>")[1].Split('<')[0];
        return new(Of("AccessKeyId"), Of("SecretAccessKey"), Of("SessionToken"));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"text\"")]
    [InlineData("""{"Operation":"CreateChannel"}""")]
    [InlineData("""{"Operation":5,"Request":{}}""")]
    [InlineData("""{"Operation":"CreateChannel","Request":[]}""")]
    [InlineData("""{"Operation":"CreateChannel","Request":null}""")]
    [InlineData("""{"Operation":"CreateChannel","Request":{},"More":1}""")]
    [InlineData("""{"Operation":"CreateChannel","Request":{},"Request":{}}""")]
    [InlineData("""{"Operation":"CreateChannel","Request":{}} {}""")]
    [InlineData("""{"Operation":"CreateChannel","Request":{}""")]
    [InlineData("""{"Operation":"CreateChannel","Request":{"ChimeBearer":5}}""")]
    [InlineData("""{"Operation":"DeleteChannel","Request":{"ChannelArn":"a","ChannelArn":"b"}}""")]
    [InlineData("""{"Operation":"DeleteChannel","Request":{}}""")]
    [InlineData("""{"Operation":"DeleteChannelMembership","Request":{"ChannelArn":{"a":1}}}""")]
    [InlineData("""{"Reference":5,"Operation":"CreateChannel","Request":{}}""")]
    public async Task A_line_that_cannot_be_read_is_a_bad_request_of_its_own(string line)
    {
        var app = await fixture.NewApp();
        var body = Encoding.UTF8.GetBytes($"{line}\n{BulkClient.User(app.Arn, "ann").ToJsonString()}");

        var reply = await Bulk.Send(body);

        Assert.Equal([400, 201], reply.Statuses);
        Assert.Equal("BadRequest", (string)reply.Results[0]["Error"]!["Code"]!);
    }

    [Fact]
    public async Task Blank_lines_are_passed_over_and_line_ends_may_be_of_either_kind()
    {
        var app = await fixture.NewApp();
        string Line(string id) => BulkClient.User(app.Arn, id, reference: id).ToJsonString();

        var reply = await Bulk.Send(Encoding.UTF8.GetBytes($"\n{Line("a")}\r\n\r\n   \n{Line("b")}\n\n{Line("c")}"));

        Assert.Equal([(2, "a"), (5, "b"), (7, "c")], reply.Results.Select(r => ((int)r["Line"]!, (string)r["Reference"]!)));
        Assert.Equal((0, 0), await Empty(""));
        Assert.Equal((0, 0), await Empty("\n \n"));

        async Task<(int, int)> Empty(string text)
        {
            var finished = (await Bulk.Send(Encoding.UTF8.GetBytes(text))).Finished;
            return ((int)finished["Succeeded"]!, (int)finished["Failed"]!);
        }
    }

    [Theory]
    [InlineData(BulkLines.LongestLine, 400)]
    [InlineData(BulkLines.LongestLine + 1, 413)]
    [InlineData((3 * BulkLines.LongestLine) + 17, 413)]
    public async Task A_line_that_is_too_long_is_refused_and_the_next_is_read(int length, int status)
    {
        var app = await fixture.NewApp();
        var body = Encoding.UTF8.GetBytes(
            $"{BulkClient.User(app.Arn, "a").ToJsonString()}\n{new string('x', length)}\n{BulkClient.User(app.Arn, "b").ToJsonString()}\n{new string('x', length)}");

        var reply = await Bulk.Send(body);

        Assert.Equal([201, status, 201, status], reply.Statuses);
        Assert.Equal([1, 2, 3, 4], reply.Results.Select(r => (int)r["Line"]!));
    }

    [Fact]
    public async Task A_large_body_is_taken_in_before_anything_of_it_is_done()
    {
        var app = await fixture.NewApp();
        var signed = BulkClient.Body(Enumerable.Range(0, 3_000).Select(i => BulkClient.User(app.Arn, $"u{i}")));
        Assert.True(signed.Length > 256 * 1024);
        var changed = (byte[])signed.Clone();
        changed[^10] ^= 1;

        using var refused = await Bulk.Open(signed, sent: changed);
        Assert.Equal("InvalidSignatureException", (await BulkReply.Read(refused)).ErrorType);
        Assert.Equal(0, (int)(await Chime.DescribeAppInstance(app.Arn)).At("x-carillon.UserCount")!);

        var reply = await Bulk.Send(signed);
        Assert.All(reply.Statuses, status => Assert.Equal(201, status));
        Assert.Equal(2, reply.Lines.Count(l => l["Progress"] is not null));
        Assert.Equal(3_000, (int)(await Chime.DescribeAppInstance(app.Arn)).At("x-carillon.UserCount")!);
        Assert.Empty(Directory.EnumerateFiles(fixture.Platform.Folder.Spool));
    }

    [Fact]
    public async Task A_body_of_unknown_length_needs_a_declared_hash_as_a_large_one_does()
    {
        var app = await fixture.NewApp();
        var small = BulkClient.Body(BulkClient.User(app.Arn, "ann"));
        var large = BulkClient.Body(Enumerable.Range(0, 3_000).Select(i => BulkClient.User(app.Arn, $"u{i}")));

        using (var undeclared = await Bulk.Open(small, declare: false))
        {
            Assert.Equal([201], (await BulkReply.Read(undeclared)).Statuses);
        }

        using (var undeclared = await Bulk.Open(large, declare: false))
        {
            Assert.Equal("InvalidSignatureException", (await BulkReply.Read(undeclared)).ErrorType);
        }

        using var chunked = await Bulk.Open(large, stream: new Unmeasured(large));
        Assert.Equal(3_000, (int)(await BulkReply.Read(chunked)).Finished["Succeeded"]!);
    }

    [Fact]
    public async Task Only_the_holder_of_a_key_is_heard()
    {
        var app = await fixture.NewApp();
        var body = BulkClient.Body(BulkClient.User(app.Arn, "ann"));
        var wrong = new BulkClient(fixture, new(fixture.Platform.Root.AccessKeyId, "wrong", null));

        using var refused = await wrong.Open(body);
        Assert.Equal((403, "InvalidSignatureException"), ((int)refused.StatusCode, (await BulkReply.Read(refused)).ErrorType));
        using var large = await wrong.Open(new byte[400_000]);
        Assert.Equal("InvalidSignatureException", (await BulkReply.Read(large)).ErrorType);
        using var unsigned = await fixture.Http.PostAsync(new Uri(fixture.Address, BulkClient.Path), new ByteArrayContent(body));
        Assert.Equal("MissingAuthenticationTokenException", (await BulkReply.Read(unsigned)).ErrorType);
        using var get = await Bulk.Open([], method: "DELETE");
        Assert.Equal("UnknownOperationException", (await BulkReply.Read(get)).ErrorType);
    }

    [Fact]
    public async Task A_client_that_goes_stops_what_has_not_begun_and_a_repetition_completes_it()
    {
        var app = await fixture.NewApp();
        var body = BulkClient.Body(Enumerable.Range(0, 20_000).Select(i => BulkClient.User(app.Arn, $"u{i}", $"user-{i}")));
        using (var handler = new SocketsHttpHandler())
        using (var http = new HttpClient(handler))
        {
            using var response = await Bulk.Open(body, http: http);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            Assert.Contains("\"Status\":201", await lines.ReadLineAsync(), StringComparison.Ordinal);
        }

        // Its place is free again once what had begun is on disk.
        var again = await Bulk.Send(body);

        Assert.All(again.Statuses, status => Assert.Equal(201, status));
        Assert.Equal(20_000, (int)(await Chime.DescribeAppInstance(app.Arn)).At("x-carillon.UserCount")!);
    }

    [Fact]
    public async Task A_client_that_reads_nothing_is_given_nothing_more_to_read()
    {
        var app = await fixture.NewApp();
        var items = Enumerable.Range(0, 40_000).Select(i => BulkClient.User(app.Arn, $"u{i}", $"user-{i}", new string('r', 200)));
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancel) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
                await socket.ConnectAsync(context.DnsEndPoint, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var http = new HttpClient(handler);
        using var response = await Bulk.Open(BulkClient.Body(items), http: http);
        async Task<int> Done() => (int)(await Chime.DescribeAppInstance(app.Arn)).At("x-carillon.UserCount")!;

        // It comes to rest far from the end, because its 12 MB of results have nowhere to go.
        var done = -1;
        for (var now = await Done(); now != done; now = await Done())
        {
            done = now;
            for (var i = 0; i < 50; i++)
            {
                (await Chime.ListAppInstances("?max-results=1")).Ok();
            }
        }

        Assert.InRange(done, 1, 39_000);
        Assert.Equal(40_000, (int)(await BulkReply.Read(response)).Finished["Succeeded"]!);
    }

    [Fact]
    public async Task What_is_sent_meanwhile_finds_room_beside_it()
    {
        var app = await fixture.NewApp();
        var ann = await app.NewUser("ann");
        var channel = await app.NewChannel(ann);
        var bulks = Enumerable.Range(0, 4).Select(b => Bulk.Send(
            Enumerable.Range(0, 1_500).Select(i => BulkClient.User(app.Arn, $"u{b}-{i}")))).ToList();
        var sent = 0;
        while (bulks.Any(b => !b.IsCompleted))
        {
            await Chime.SendText(ann, channel, $"{sent++}");
        }

        foreach (var bulk in bulks)
        {
            Assert.All((await bulk).Statuses, status => Assert.Equal(201, status));
        }

        Assert.Equal(sent, (int)(await Chime.DescribeChannel(ann, channel)).At("x-carillon.MessageCount")!);
    }

    [Fact]
    public async Task Nothing_private_is_logged()
    {
        var app = await fixture.NewApp();
        (await Bulk.Send(BulkClient.User(app.Arn, "classified-1"), BulkClient.Item("classified-2", []))).Finished.ToJsonString();
        await Bulk.Send("classified-3"u8.ToArray());

        Assert.DoesNotContain(fixture.Log.Lines, line => line.Contains("classified", StringComparison.Ordinal));
    }

    /// <summary>A body whose end comes when it is told to.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Go() => _go.TrySetResult();

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
            Copy(destination, cancellationToken);

        private async Task Copy(Stream destination, CancellationToken cancellation)
        {
            await destination.WriteAsync(ToArray().AsMemory(0, 1), cancellation);
            await destination.FlushAsync(cancellation);
            await _go.Task.WaitAsync(cancellation);
            await destination.WriteAsync(ToArray().AsMemory(1), cancellation);
        }
    }

    /// <summary>A stream that does not tell its length, so that it travels in chunks.</summary>
    private sealed class Unmeasured(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
