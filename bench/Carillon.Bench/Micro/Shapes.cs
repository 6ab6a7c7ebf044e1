using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Carillon.Core.Messages;
using Carillon.Server.Http;
using Carillon.Server.Operations.Messages;
using Carillon.Server.Sessions;
using Carillon.Wire.Session;

namespace Carillon.Bench.Micro;

/// <summary>What a send is read from, answered with, and told in.</summary>
[MemoryDiagnoser]
public class Shapes
{
    private readonly Arns _arns = Sample.Arns;
    private readonly byte[] _body = Sample.Body;
    private readonly Frames _frames = new(Sample.Arns, TimeProvider.System);
    private readonly SendChannelMessageResponse _response =
        new(Sample.ChannelArn, Sample.Message.Id, ChannelMessageStatusStructure.Of(MessageStatus.Sent), null);

    [Benchmark(Description = "read the JSON of a send")]
    public object? Read() => JsonSerializer.Deserialize(_body, MessagesJson.Default.SendChannelMessageRequest);

    [Benchmark(Description = "write the JSON of its answer")]
    public byte[] Answer() => JsonSerializer.SerializeToUtf8Bytes(_response, SentJson.Default.SendChannelMessageResponse);

    [Benchmark(Description = "encode its frame, once for all sessions")]
    public object Frame() => _frames.Of(SessionEvents.CreateChannelMessage, Sample.Event, Sample.Message);

    [Benchmark(Description = "read the ARN of a user")]
    public object Arn() => _arns.PersonAddress(Sample.UserArn);
}
