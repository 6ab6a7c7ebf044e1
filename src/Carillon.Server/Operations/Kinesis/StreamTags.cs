using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Http;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

/// <summary>A request about a stream that it gives the ARN of, as one resource among others.</summary>
internal interface INamesResource : INamesStream
{
    string? ResourceARN { get; }

    string? INamesStream.StreamName => null;

    string? INamesStream.StreamARN => ResourceARN;
}

/// <summary>What the two families of operations on tags do: those of a stream and those of a resource.</summary>
internal static class StreamTags
{
    /// <exception cref="JsonFault">A key is reserved for AWS.</exception>
    public static void Add(ILedger ledger, ISetsTags asked, KinesisCall call)
    {
        var tags = TagShape.Read(asked.Tags);
        StreamWords.CheckTagKeys(tags.Select(tag => tag.Key));
        DataStreams.AddTags(ledger, call.StreamName!, tags);
    }

    public static void Remove(ILedger ledger, IRemovesTags asked, KinesisCall call) =>
        DataStreams.RemoveTags(ledger, call.StreamName!, asked.TagKeys!);
}
