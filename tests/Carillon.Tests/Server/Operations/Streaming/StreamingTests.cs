using Xunit;

namespace Carillon.Tests.Server.Operations.Streaming;

public class StreamingTests(StreamingTests.Fixture fixture) : IClassFixture<StreamingTests.Fixture>
{
    private const string Stream = $"arn:aws:kinesis:{LiveServer.Region}:{LiveServer.Account}:stream/chime-messaging-";

    public sealed class Fixture : LiveServer
    {
        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            await this.NewStream("chime-messaging-a");
            await this.NewStream("chime-messaging-b");
            await this.NewStream(Longest);
        }
    }

    private static readonly string Longest = "chime-messaging-" + new string('a', 128 - "chime-messaging-".Length);

    private ChimeClient Chime => fixture.Root;

    [Fact]
    public async Task A_put_replaces_everything_and_a_delete_takes_everything()
    {
        var app = await fixture.NewApp();
        (await Chime.GetStreaming(app.Arn)).NotFound();

        var put = await Chime.PutStreaming(app.Arn, ("ChannelMessage", Stream + "a"), ("Channel", Stream + "a"));
        Assert.Equal(2, put.List("StreamingConfigurations").Count);
        Assert.Equal(2, (await Chime.GetStreaming(app.Arn)).List("StreamingConfigurations").Count);

        (await Chime.PutStreaming(app.Arn, ("Channel", Stream + "b"))).Ok();
        var only = Assert.Single((await Chime.GetStreaming(app.Arn)).List("StreamingConfigurations"));
        Assert.Equal(("Channel", Stream + "b"), ((string)only!["DataType"]!, (string)only["ResourceArn"]!));

        Assert.Equal(204, (await Chime.DeleteStreaming(app.Arn)).Status);
        Assert.Equal(204, (await Chime.DeleteStreaming(app.Arn)).Status);
        (await Chime.GetStreaming(app.Arn)).NotFound();
    }

    [Theory]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/other-name", "must begin with chime-messaging-")]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/chime-messaging-", "must begin with chime-messaging-")]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/chime-messaging-a/b", "ARN of a Kinesis data stream")]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/chime-messaging-é", "ARN of a Kinesis data stream")]
    [InlineData("arn:aws:kinesis:eu-central-1:123456789012:stream/chime-messaging-a", "region of the app instance")]
    [InlineData("arn:aws:kinesis:us-east-1:999999999999:stream/chime-messaging-a", "account of the app instance")]
    [InlineData("arn:aws:firehose:us-east-1:123456789012:deliverystream/chime-messaging-a", "ARN of a Kinesis data stream")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:chime-messaging-a", "ARN of a Kinesis data stream")]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/chime-messaging-unknown", "does not exist")]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/chime-messaging-single", "at least 2 shards")]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/chime-messaging-plain", "server-side encryption")]
    public async Task A_stream_that_is_not_as_AWS_wants_it_is_refused_with_the_reason(string arn, string why)
    {
        await fixture.NewStream("chime-messaging-single", shards: 1);
        await fixture.NewStream("chime-messaging-plain", encrypted: false);
        var app = await fixture.NewApp();

        var refused = await Chime.PutStreaming(app.Arn, ("Channel", arn));

        refused.BadRequest();
        Assert.Contains(why, refused.Body, StringComparison.Ordinal);

        (await Chime.GetStreaming(app.Arn)).NotFound();
    }

    [Fact]
    public async Task Each_type_of_data_goes_to_one_stream()
    {
        var app = await fixture.NewApp();

        (await Chime.PutStreaming(app.Arn, ("Channel", Stream + "a"), ("Channel", Stream + "b"))).BadRequest();
        (await Chime.PutStreaming(app.Arn, ("Channel", Stream + Longest["chime-messaging-".Length..]))).Ok();
        (await Chime.PutStreaming(app.Arn, ("Channel", Stream + new string('a', 129 - "chime-messaging-".Length)))).BadRequest();
    }

    [Fact]
    public async Task Who_may_not_describe_the_stream_may_not_have_anything_sent_to_it()
    {
        var app = await fixture.NewApp();
        ChimeClient With(Carillon.Wire.SigV4.AwsCredentials credentials) => fixture.As(credentials);
        static string Policy(string action, string resource) =>
            $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"chime:*","Resource":"*"},{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"}]}""";
        var without = With(await Chime.Assume(Policy("kinesis:ListStreams", "*")));
        var other = With(await Chime.Assume(Policy("kinesis:Describe*", Stream + "b")));
        var right = With(await Chime.Assume(Policy("kinesis:DescribeStream", Stream + "a")));

        (await without.PutStreaming(app.Arn, ("Channel", Stream + "a"))).Denied();
        (await other.PutStreaming(app.Arn, ("Channel", Stream + "b"), ("ChannelMessage", Stream + "a"))).Denied();
        (await other.PutStreaming(app.Arn, ("Channel", Stream + "unknown"))).Denied();
        (await Chime.GetStreaming(app.Arn)).NotFound();
        (await right.PutStreaming(app.Arn, ("Channel", Stream + "a"))).Ok();
    }

    [Fact]
    public async Task An_app_instance_that_is_not_there_is_forbidden()
    {
        var app = (await fixture.NewApp()).Arn + "x";

        (await Chime.PutStreaming(app, ("Channel", Stream + "a"))).Forbidden();
        (await Chime.GetStreaming(app)).Forbidden();
        (await Chime.DeleteStreaming(app)).Forbidden();
    }
}
