using System.Text.Json.Nodes;
using Carillon.Backends.Sql;
using Carillon.Core;
using Carillon.Core.Streaming;
using Carillon.Core.Streams;
using Carillon.Server.Operations.Flows;
using Carillon.Server.Streaming;
using Xunit;

namespace Carillon.Tests.Server.Operations;

/// <summary>What one send costs the database. A number that rises here is a decision, not an accident.</summary>
public sealed class SendCostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-cost-").FullName;
    private readonly OperationsHost _host;

    public SendCostTests() => _host = new(
        Path.Combine(_folder, "data.db"), new StoreOptions { Records = new EventRecords(OperationsHost.Arns) });

    [Theory]
    [InlineData("PERSISTENT", false, false, 0, 7)]
    [InlineData("NON_PERSISTENT", false, false, 0, 5)]
    [InlineData("PERSISTENT", true, false, 0, 7)]
    [InlineData("PERSISTENT", false, true, 0, 8)]
    [InlineData("NON_PERSISTENT", false, true, 0, 5)]
    public async Task A_send_runs_this_many_statements(string persistence, bool flow, bool streamed, int reading, int writing)
    {
        var (app, user, channel) = await _host.NewChannel();
        Task<string> Send(string token) => _host.Send(user, channel, token, persistence);
        if (flow)
        {
            var made = await _host.Run(
                CreateChannelFlow.Operation, "/channel-flows", null,
                new JsonObject
                {
                    ["AppInstanceArn"] = app,
                    ["Name"] = "f",
                    ["ClientRequestToken"] = "t4",
                    ["Processors"] = ChimeClient.Processors("f"),
                }.ToJsonString(),
                "ChannelFlowArn");
            await _host.Run(
                AssociateChannelFlow.Operation, $"/channels/{Uri.EscapeDataString(channel)}/channel-flow", user,
                $$"""{"ChannelFlowArn":"{{made}}"}""", null);
        }

        if (streamed)
        {
            await _host.Store.Write(ledger =>
            {
                DataStreams.Create(ledger, new Quotas(), "s", StreamMode.Provisioned, 4, DataStreams.DefaultRecordKiB, []);
                DataStreams.Encrypt(ledger, "s", "alias/aws/kinesis");
                StreamingConfigurations.Put(ledger, app.Split('/')[^1], [new(StreamedData.ChannelMessage, "stream/s")]);
                return true;
            });
        }

        // The first ones read who may speak in the channel; the writer knows it from then on.
        await Send("first");
        await Send("another");
        var (readBefore, writtenBefore) = (_host.Database.Read, _host.Database.Written);

        await Send("second");

        Assert.Equal((reading, writing), (_host.Database.Read - readBefore, _host.Database.Written - writtenBefore));
    }

    public void Dispose()
    {
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
