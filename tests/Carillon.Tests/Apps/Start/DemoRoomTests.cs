using System.Text.Json.Nodes;
using Carillon.Kit;
using Carillon.Server.Hosting;
using Carillon.Start;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Apps.Start;

/// <summary>The sample chat against the real platform, over HTTP.</summary>
public sealed class DemoRoomTests : IAsyncLifetime
{
    private readonly string data = Path.Combine(Path.GetTempPath(), $"carillon-{Guid.NewGuid()}");
    private readonly HttpClient http = new();
    private Platform platform = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await platform.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Many_who_ask_at_once_get_the_same_room()
    {
        using var demo = Demo();

        var passes = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => demo.PassForAsync(n % 2 == 0 ? "ada" : "ben", Cancel)));

        Assert.Single(passes.Select(p => p!.ChannelArn).Distinct());
        Assert.Equal(8, passes.Select(p => p!.Credentials.AccessKeyId).Distinct().Count());
    }

    [Fact]
    public async Task The_room_is_found_again_after_a_restart()
    {
        using var before = Demo();
        var first = await before.PassForAsync("ada", Cancel);
        await platform.App.StopAsync(Cancel);
        await platform.DisposeAsync();
        await StartAsync();

        using var after = Demo();
        var second = await after.PassForAsync("ada", Cancel);

        Assert.Equal(first!.ChannelArn, second!.ChannelArn);
    }

    [Fact]
    public async Task A_room_that_was_deleted_is_made_anew()
    {
        using var demo = Demo();
        var first = await demo.PassForAsync("ada", Cancel);
        await Client(platform.Root).ChimeAsync(
            HttpMethod.Delete, $"/app-instances/{Uri.EscapeDataString(first!.AppInstanceArn)}", null, null, Cancel);

        var second = await demo.PassForAsync("ada", Cancel);

        Assert.NotEqual(first.AppInstanceArn, second!.AppInstanceArn);
        await SayAsync(second, second.UserArn);
    }

    [Fact]
    public async Task A_pass_speaks_for_its_own_person_only()
    {
        using var demo = Demo();
        var ada = await demo.PassForAsync("ada", Cancel);
        var ben = await demo.PassForAsync("ben", Cancel);

        await SayAsync(ada!, ada!.UserArn);
        var refused = await Assert.ThrowsAsync<PlatformException>(() => SayAsync(ada, ben!.UserArn));

        Assert.Equal("AccessDeniedException", refused.Code);
    }

    [Fact]
    public async Task A_pass_manages_nothing()
    {
        using var demo = Demo();
        var ada = await demo.PassForAsync("ada", Cancel);
        var client = Client(KeysOf(ada!));

        await Assert.ThrowsAsync<PlatformException>(() =>
            client.ChimeAsync(HttpMethod.Get, "/app-instances", null, null, Cancel));
        await Assert.ThrowsAsync<PlatformException>(() => client.ChimeAsync(
            HttpMethod.Delete, $"/channels/{Uri.EscapeDataString(ada!.ChannelArn)}", null, ada.UserArn, Cancel));
        await Assert.ThrowsAsync<PlatformException>(() =>
            client.IamAsync("ListRoles", new Dictionary<string, string>(), Cancel));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Ada")]
    [InlineData("root")]
    public async Task Nobody_else_gets_a_pass(string? person)
    {
        using var demo = Demo();

        Assert.Null(await demo.PassForAsync(person, Cancel));
    }

    private async Task StartAsync()
    {
        platform = Platform.Build(new CarillonOptions { Data = data, Port = 0, TlsPort = 0 });
        await platform.App.StartAsync(Cancel);
    }

    private DemoRoom Demo() => new(() => Client(platform.Root), platform.Options.Account);

    private PlatformClient Client(AwsCredentials credentials) => new(
        http, new Uri($"http://localhost:{platform.Port}"), platform.Options.Region, credentials, TimeProvider.System);

    private static AwsCredentials KeysOf(DemoPass pass) =>
        new(pass.Credentials.AccessKeyId, pass.Credentials.SecretAccessKey, pass.Credentials.SessionToken);

    private async Task SayAsync(DemoPass pass, string bearer) => await Client(KeysOf(pass)).ChimeAsync(
        HttpMethod.Post, $"/channels/{Uri.EscapeDataString(pass.ChannelArn)}/messages", new JsonObject
        {
            ["Content"] = "hello",
            ["Type"] = "STANDARD",
            ["Persistence"] = "PERSISTENT",
            ["ClientRequestToken"] = Guid.NewGuid().ToString(),
        }, bearer, Cancel);
}
