using System.Text.Json.Nodes;
using Carillon.Server.Flows;
using Carillon.Server.Hosting;
using Xunit;

namespace Carillon.Tests.Server.Flows;

/// <summary>Processors that cannot be reached, do not answer, or answer twice.</summary>
public sealed class FlowInvokerTests : IAsyncLifetime
{
    private readonly TimedFlowServer _server = new();

    public ValueTask InitializeAsync() => ((IAsyncLifetime)_server).InitializeAsync();

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_server).DisposeAsync();

    [Theory]
    [InlineData("gone", "PERSISTENT")]
    [InlineData("unheard-of", "PERSISTENT")]
    [InlineData("gone", "NON_PERSISTENT")]
    public async Task What_cannot_be_processed_fails_where_the_fallback_is_abort(string function, string persistence)
    {
        var hall = await FlowHall.Make(_server, function);
        await using var ann = await SessionClient.Start(_server, hall.Ann);
        await using var bob = await SessionClient.Start(_server, hall.Bob);
        var id = (await hall.Chime.SendChannelMessage(hall.Ann, hall.Channel, "hello", persistence: persistence)).Text("MessageId");

        var failed = await ann.Wait("FAILED_CREATE_CHANNEL_MESSAGE");
        Assert.Equal((id, "FAILED", "hello"), (failed.Text("MessageId"), failed.Text("Status.Value"), failed.Text("Content")));
        Assert.NotEmpty(failed.Text("Status.Detail")!);
        Assert.Empty(await hall.History(hall.Ann));
        Assert.DoesNotContain(bob.Frames, f => f.Type == "CREATE_CHANNEL_MESSAGE");
        Assert.Contains(_server.Log.Lines, line => line.StartsWith("Warning 5001", StringComparison.Ordinal) && line.Contains(function));
        Assert.DoesNotContain(_server.Log.Lines, line => line.Contains("hello", StringComparison.Ordinal));
        if (persistence == "NON_PERSISTENT")
        {
            (await hall.Chime.GetChannelMessage(hall.Ann, hall.Channel, id)).NotFound();
            return;
        }

        Assert.Equal("FAILED", await hall.Status(id));
        Assert.Equal("FAILED", (await hall.Chime.GetChannelMessage(hall.Ann, hall.Channel, id)).Text("ChannelMessage.Status.Value"));
        (await hall.Chime.GetChannelMessage(hall.Bob, hall.Channel, id)).NotFound();

        // Kept for 48 hours, and then forgotten by a sweep.
        _server.Clock.Pass(TimeSpan.FromHours(47));
        Assert.Equal("FAILED", await hall.Status(id));
        _server.Clock.Pass(TimeSpan.FromHours(1));
        await Until(async () => (await hall.Chime.GetChannelMessageStatus(hall.Ann, hall.Channel, id)).Status == 403);
        (await hall.Chime.GetChannelMessage(hall.Ann, hall.Channel, id)).NotFound();
    }

    [Fact]
    public async Task What_cannot_be_processed_is_delivered_where_the_fallback_is_to_continue()
    {
        var hall = await FlowHall.Make(_server, "gone", "CONTINUE");
        await using var bob = await SessionClient.Start(_server, hall.Bob);
        var sent = await hall.Chime.SendChannelMessage(hall.Ann, hall.Channel, "hello");
        Assert.Equal("PENDING", sent.Text("Status.Value"));

        var heard = await bob.Wait("CREATE_CHANNEL_MESSAGE");
        Assert.Equal((sent.Text("MessageId"), "SENT"), (heard.Text("MessageId"), heard.Text("Status.Value")));
        Assert.Equal(["hello"], await hall.History(hall.Bob));
    }

    [Fact]
    public async Task A_processor_that_does_not_answer_within_ten_seconds_counts_as_unreachable_and_its_late_callback_as_nothing()
    {
        var hall = await FlowHall.Make(_server);
        var answer = new TaskCompletionSource<int>();
        _server.Processor.Answer = _ => answer.Task;
        await using var ann = await SessionClient.Start(_server, hall.Ann);
        var call = await hall.Send();
        _server.Clock.Pass(TimeSpan.FromSeconds(10));

        await ann.Wait("FAILED_CREATE_CHANNEL_MESSAGE");
        (await hall.Allow(call)).Conflict();
        answer.SetResult(200);
        Assert.Empty(await hall.History(hall.Bob));
    }

    [Fact]
    public async Task A_processor_may_call_back_before_it_answers_whatever_it_answers_then()
    {
        var hall = await FlowHall.Make(_server);
        _server.Processor.Answer = async call =>
        {
            (await hall.Allow(call)).Ok();
            return 500;
        };
        await using var ann = await SessionClient.Start(_server, hall.Ann);
        var call = await hall.Send();
        await ann.Wait("CREATE_CHANNEL_MESSAGE");
        await Until(() => Task.FromResult(_server.Log.Lines.Any(l => l.StartsWith("Warning 5001", StringComparison.Ordinal))));

        Assert.Equal("SENT", await hall.Status(call.MessageId));
        Assert.DoesNotContain(ann.Frames, f => f.Type == "FAILED_CREATE_CHANNEL_MESSAGE");
    }

    [Fact]
    public async Task A_processor_that_never_calls_back_fails_its_messages_after_48_hours()
    {
        var hall = await FlowHall.Make(_server, fallback: "CONTINUE");
        var call = await hall.Send();
        await using var ann = await SessionClient.Start(_server, hall.Ann);
        _server.Clock.Pass(TimeSpan.FromHours(48));

        await Until(async () => await hall.Status(call.MessageId) == "FAILED");
        await ann.Wait("FAILED_CREATE_CHANNEL_MESSAGE");
        (await hall.Allow(call)).Forbidden();
        Assert.Equal("FAILED", await hall.Status(call.MessageId));
        Assert.Empty(await hall.History(hall.Bob));
        Assert.Single(_server.Processor.Calls);
    }

    [Fact]
    public async Task A_failing_processor_is_left_alone_for_a_while_and_tried_again()
    {
        var hall = await FlowHall.Make(_server);
        _server.Processor.Answer = _ => Task.FromResult(500);
        await using var ann = await SessionClient.Start(_server, hall.Ann);
        async Task Fate()
        {
            var id = await hall.Chime.SendText(hall.Ann, hall.Channel, "hello");
            await ann.Wait(f => f.Type == "FAILED_CREATE_CHANNEL_MESSAGE" && f.Text("MessageId") == id);
        }

        for (var i = 0; i < Breaker.Failures + 3; i++)
        {
            await Fate();
        }

        Assert.Equal(Breaker.Failures, _server.Processor.Calls.Count);
        Assert.Single(_server.Log.Lines, l => l.StartsWith("Warning 5002", StringComparison.Ordinal));

        _server.Clock.Pass(Breaker.Rest);
        _server.Processor.Answer = _ => Task.FromResult(202);
        var call = await hall.Send();
        (await hall.Allow(call)).Ok();
        (await hall.Allow(await hall.Send())).Ok();
    }

    [Fact]
    public async Task No_more_than_64_processors_are_called_at_a_time_and_none_is_forgotten()
    {
        var hall = await FlowHall.Make(_server);
        var release = new TaskCompletionSource<int>();
        _server.Processor.Answer = _ => release.Task;
        const int many = FlowInvoker.MostCalls + 20;
        await Task.WhenAll(Enumerable.Range(0, many).Select(i => hall.Chime.SendText(hall.Ann, hall.Channel, $"{i}")));
        await _server.Processor.Wait(_ => _server.Processor.Calls.Count == FlowInvoker.MostCalls);
        (await hall.Chime.ListChannelMessages(hall.Ann, hall.Channel)).Ok();
        Assert.Equal(FlowInvoker.MostCalls, _server.Processor.Calls.Count);

        release.SetResult(200);
        await _server.Processor.Wait(_ => _server.Processor.Calls.Count == many);
        Assert.Equal(many, _server.Processor.Calls.Select(c => c.MessageId).Distinct().Count());
    }

    [Fact]
    public async Task Without_a_url_of_its_own_a_function_is_invoked_through_the_lambda_api()
    {
        await using var lambda = await TestProcessor.Start();
        lambda.Answer = _ => Task.FromResult(202);
        var folder = Directory.CreateTempSubdirectory("carillon-lambda-").FullName;
        var file = Path.Combine(folder, "credentials");
        await File.WriteAllTextAsync(
            file, "[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = secret\naws_session_token = token\n",
            TestContext.Current.CancellationToken);
        await using var server = new LambdaServer(lambda.Url, file);
        await server.InitializeAsync();
        var app = await server.NewApp();
        var ann = await app.NewUser("ann");
        var channel = await app.NewChannel(ann);
        var flow = (await app.Root.CreateChannelFlow(app.Arn, "flow", "moderate:PROD")).Text("ChannelFlowArn");
        (await app.Root.AssociateChannelFlow(ann, channel, flow)).Ok();
        var id = await app.Root.SendText(ann, channel, "hello");

        var call = await lambda.Wait(id);
        Assert.Equal(
            "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Amoderate%3APROD/invocations", call.Target);
        Assert.Equal(("Event", "token"), ((string)call.Headers["X-Amz-Invocation-Type"]!, (string)call.Headers["X-Amz-Security-Token"]!));
        Assert.Contains("Credential=AKIAOTHER/", call.Headers.Authorization.ToString(), StringComparison.Ordinal);
        Assert.Contains("/us-east-1/lambda/aws4_request", call.Headers.Authorization.ToString(), StringComparison.Ordinal);
        var again = new Carillon.Wire.SigV4.SigV4Signer(new("AKIAOTHER", "secret", "token"), "us-east-1", "lambda", server.Clock).Sign(
            "POST", call.Target,
            [
                new("Host", call.Headers.Host.ToString()), new("Content-Type", "application/json"), new("X-Amz-Invocation-Type", "Event"),
            ],
            call.Body);
        Assert.Equal(again[0].Value, call.Headers.Authorization.ToString());
        (await app.Root.ChannelFlowCallback(channel, call.CallbackId, id)).Ok();
        Directory.Delete(folder, recursive: true);
    }

    private sealed class LambdaServer(string url, string credentials) : LiveServer
    {
        public ManualTime Clock { get; } = new();

        internal override TimeProvider Time => Clock;

        internal override CarillonOptions Adjust(CarillonOptions options) => base.Adjust(options) with
        {
            LambdaEndpoint = url,
            LambdaCredentials = credentials,
            LambdaProfile = "other",
        };
    }

    private Task Until(Func<Task<bool>> holds) => Patience.Until(_server.Clock, TimeSpan.FromMilliseconds(100), holds);
}
