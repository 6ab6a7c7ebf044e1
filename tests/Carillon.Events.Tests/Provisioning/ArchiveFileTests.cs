using Carillon.Events.Core.Archive;
using Carillon.Events.Core.Shows;
using Carillon.Events.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Carillon.Events.Tests.Provisioning;

public class ArchiveFileTests(EventsHost host) : IClassFixture<EventsHost>
{
    private const string reader = "reader";

    private static ArchiveEvent Event(ArchiveKind kind, int message, long at) => new(
        kind, $"m{message}", at, "arn:aws:chime:us-east-1:123456789012:app-instance/a/user/t-1", "Ada", "STANDARD", $"text {message}", null, false);

    private static bool Add(Rehearsal stage, Show show, params ArchiveEvent[] events) =>
        stage.Store.Write(ledger => ledger.AddToArchive(show, reader, "shard", "1", false, events)).GetAwaiter().GetResult();

    [Fact]
    public async Task A_file_that_is_written_while_the_archive_grows_is_whole_as_of_its_beginning()
    {
        using var stage = new Rehearsal();
        var show = stage.Store.Read(view => view.ShowByKey(stage.NewShow(TimeSpan.FromHours(1)).GetAwaiter().GetResult()))!;
        await stage.Store.Write(ledger => ledger.TakeArchive(show.Key, reader, long.MaxValue));
        Assert.True(Add(stage, show, [.. Enumerable.Range(1, 1_200).Select(i => Event(ArchiveKind.Said, i, i))]));

        // After the first of several pages: one that was written is removed, one that is yet to be, and one more is said.
        using var file = new Watched(() => Assert.True(Add(
            stage, show, Event(ArchiveKind.Redacted, 3, 5_000), Event(ArchiveKind.Redacted, 900, 5_001), Event(ArchiveKind.Said, 1_201, 5_002))));
        await ArchiveFile.WriteJsonLinesAsync(stage.Store, show, file, default);

        file.Position = 0;
        var check = await ArchiveCheck.ReadAsync(file, default);
        Assert.Equal((1_200, 1_200, null), (check.Rows, check.Messages, check.Fault));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_does_not_look_like_a_whole_one()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        new Endpoints(app, host.Events).Get("/half", async call =>
        {
            await call.Http.Response.WriteAsync("a row");
            await call.Http.Response.Body.FlushAsync();
            throw new Core.Refused(Core.Reason.Unavailable);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Assert.ThrowsAsync<HttpRequestException>(
            () => http.GetStringAsync($"{address}{Endpoints.Root}/half", TestContext.Current.CancellationToken));
    }

    /// <summary>Does something once, after the first that is written.</summary>
    private sealed class Watched(Action then) : MemoryStream
    {
        private bool done;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            if (!done) then();
            done = true;
            return default;
        }
    }
}
