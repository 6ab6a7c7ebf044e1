using Carillon.Core.Streams;
using Carillon.Server.Http;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

/// <summary>TagResource of Kinesis, which is another one than Chime's.</summary>
internal sealed record TagStreamRequest(string? ResourceARN, IReadOnlyDictionary<string, string>? Tags) : INamesStream, ISetsTags
{
    string? INamesStream.StreamName => null;

    string? INamesStream.StreamARN => ResourceARN;

    IReadOnlyList<TagShape>? ISetsTags.Tags => StreamWords.Asked(Tags);
}

internal static class TagStream
{
    public static readonly KinesisOperation Operation = KinesisService.Change(
        "TagResource", KinesisJson.Default.TagStreamRequest,
        (ledger, r, call) =>
        {
            StreamWords.CheckTagKeys(r.Tags!.Keys);
            DataStreams.AddTags(ledger, call.StreamName!, StreamWords.Tags(r.Tags));
        });
}
