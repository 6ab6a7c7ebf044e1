using Xunit;

namespace Carillon.Tests.Server.Operations.Streaming;

public class StreamingTests(StreamingTests.Fixture fixture) : IClassFixture<StreamingTests.Fixture>
{
    private const string Stream = $"arn:aws:kinesis:{LiveServer.Region}:{LiveServer.Account}:stream/chime-messaging-";

    public sealed class Fixture : LiveServer;

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
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/other-name")]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/chime-messaging-")]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/chime-messaging-a/b")]
    [InlineData("arn:aws:kinesis:us-east-1:123456789012:stream/chime-messaging-é")]
    [InlineData("arn:aws:kinesis:eu-central-1:123456789012:stream/chime-messaging-a")]
    [InlineData("arn:aws:kinesis:us-east-1:999999999999:stream/chime-messaging-a")]
    [InlineData("arn:aws:firehose:us-east-1:123456789012:deliverystream/chime-messaging-a")]
    [InlineData("arn:aws:sqs:us-east-1:123456789012:chime-messaging-a")]
    public async Task Only_streams_of_this_account_and_region_with_the_prefix_will_do(string arn)
    {
        var app = await fixture.NewApp();

        (await Chime.PutStreaming(app.Arn, ("Channel", arn))).BadRequest();

        (await Chime.GetStreaming(app.Arn)).NotFound();
    }

    [Fact]
    public async Task Each_type_of_data_goes_to_one_stream()
    {
        var app = await fixture.NewApp();

        (await Chime.PutStreaming(app.Arn, ("Channel", Stream + "a"), ("Channel", Stream + "b"))).BadRequest();
        (await Chime.PutStreaming(app.Arn, ("Channel", Stream + new string('a', 128 - "chime-messaging-".Length)))).Ok();
        (await Chime.PutStreaming(app.Arn, ("Channel", Stream + new string('a', 129 - "chime-messaging-".Length)))).BadRequest();
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
