using System.Text.Json.Nodes;
using Carillon.Core;
using Carillon.Core.Streams;
using Microsoft.Extensions.DependencyInjection;

namespace Carillon.Tests.Server;

/// <summary>A record of a stream, parsed.</summary>
internal sealed record Streamed(long Position, int Shard, string Key, JsonNode Json)
{
    public string Type => (string)Json["EventType"]!;

    public JsonNode Payload => Json[nameof(Payload)]!;
}

/// <summary>Streams of a server, made and read past its API.</summary>
internal static class Streams
{
    public static string Arn(string name) => $"arn:aws:kinesis:{LiveServer.Region}:{LiveServer.Account}:stream/{name}";

    public static IStore Store(this LiveServer server) => server.Platform.App.Services.GetRequiredService<IStore>();

    /// <summary>Makes it where there is none.</summary>
    public static Task NewStream(this LiveServer server, string name, int shards = 2, bool encrypted = true) =>
        server.Store().Write(ledger =>
        {
            if (ledger.FindStream(name) is null)
            {
                DataStreams.Create(ledger, new Quotas(), name, StreamMode.Provisioned, shards, DataStreams.DefaultRecordKiB, []);
                if (encrypted)
                {
                    DataStreams.Encrypt(ledger, name, "alias/aws/kinesis");
                }
            }

            return true;
        });

    /// <summary>All of a stream in the order of positions.</summary>
    public static List<Streamed> ReadStream(this LiveServer server, string name) => server.Store().Read(view =>
    {
        var stream = DataStreams.Find(view, name);
        return view.ListShards(stream, null, 10_000)
            .SelectMany(shard => view.ReadRecords(stream, shard, 0, 100_000, long.MaxValue).Records.Select(record =>
                new Streamed(record.Position, shard.Number, record.PartitionKey, JsonNode.Parse(record.Data)!)))
            .OrderBy(record => record.Position).ToList();
    });
}
