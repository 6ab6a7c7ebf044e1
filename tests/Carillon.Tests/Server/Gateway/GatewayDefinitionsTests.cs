using Carillon.Server.Gateway;
using Carillon.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Carillon.Tests.Server.Gateway;

/// <summary>APIs in a file: HTTP_PROXY, and what becomes of an edit.</summary>
public sealed class GatewayDefinitionsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("carillon-gateway-").FullName;
    private EventSink _sink = null!;
    private Platform? _platform;

    private string DefinitionsFile => Path.Combine(_folder, "gateway.json");

    private Uri Url => new($"ws://127.0.0.1:{_platform!.Port}/ws/sink/dev");

    public async ValueTask InitializeAsync() => _sink = await EventSink.Start();

    private async Task Start(string definitions)
    {
        await File.WriteAllTextAsync(DefinitionsFile, definitions);
        _platform = Platform.Build(new CarillonOptions { Data = _folder, Port = 0, TlsPort = 0 });
        await _platform.App.StartAsync();
    }

    [Fact]
    public async Task A_URL_gets_the_message_as_it_came_and_its_client_what_it_answers()
    {
        await Start(_sink.Definitions("$connect", "$disconnect", "say", "$default"));
        await using var socket = await GatewaySocket.Open(Url);
        var connected = await _sink.Wait(c => c.Route == "$connect");

        Assert.Equal("""echo {"action":"say","text":"é"}""", await socket.Ask("""{"action":"say","text":"é"}"""));
        Assert.Equal("echo not json", await socket.Ask("not json"));
        await socket.Close(4005, "done");
        var left = await _sink.Wait(c => c.Route == "$disconnect");
        Assert.Equal((connected.Connection, "4005"), (left.Connection, left.Code));
    }

    [Fact]
    public async Task A_URL_that_refuses_hangs_or_is_not_there_is_told_apart()
    {
        await Start(_sink.Definitions("$connect", "say"));
        _sink.Answer = call => Task.FromResult((call.Route == "$connect" ? 401 : 500, """{"message":"no"}"""));
        Assert.Equal(401, await GatewaySocket.Status(Url));
        _sink.Answer = _ => Task.FromResult((200, ""));
        await using var socket = await GatewaySocket.Open(Url);
        await _sink.DisposeAsync();

        Assert.StartsWith("""{"message": "Internal server error", """, await socket.Ask("""{"action":"say"}"""));
        Assert.Equal(504, await GatewaySocket.Status(Url));
    }

    [Fact]
    public async Task What_a_file_leaves_out_is_empty()
    {
        await Start("""[{"api":{"apiId":"sink","routeSelectionExpression":"$request.body.action"},"integrations":[{"integrationId":"m","integrationType":"MOCK"}],"routes":[{"routeId":"c","routeKey":"$connect","target":"integrations/m"}],"stages":[{"stageName":"dev"}]}]""");

        Assert.Equal(101, await GatewaySocket.Status(Url));
    }

    [Fact]
    public async Task An_edited_file_runs_at_once_and_a_broken_one_changes_nothing()
    {
        await Start(_sink.Definitions("say"));
        var directory = _platform!.App.Services.GetRequiredService<GatewayDirectory>();
        await using var socket = await GatewaySocket.Open(Url);
        Assert.StartsWith("""{"message": "Forbidden", """, await socket.Ask("""{"action":"more"}"""));

        await File.WriteAllTextAsync(DefinitionsFile, _sink.Definitions("say", "more"));
        directory.Reread();
        Assert.StartsWith("echo", await socket.Ask("""{"action":"more"}"""));
        await File.WriteAllTextAsync(DefinitionsFile, "[{");
        directory.Reread();
        Assert.StartsWith("echo", await socket.Ask("""{"action":"more"}"""));
        await File.WriteAllTextAsync(DefinitionsFile, _sink.Definitions("say").Replace("integrations/say", "integrations/absent", StringComparison.Ordinal));
        directory.Reread();
        Assert.StartsWith("echo", await socket.Ask("""{"action":"more"}"""));
        await File.WriteAllTextAsync(DefinitionsFile, "[]");
        directory.Reread();

        Assert.Equal(1001, (await socket.Closed).Code);
        Assert.Equal(403, await GatewaySocket.Status(Url));
    }

    [Fact]
    public async Task The_server_does_not_start_with_definitions_that_cannot_be_used()
    {
        await File.WriteAllTextAsync(DefinitionsFile, """[{"api":{"apiId":"a"},"stages":[{"stageName":"dev"}]}]""");

        var why = Assert.Throws<SettingException>(() => Platform.Build(new CarillonOptions { Data = _folder, Port = 0, TlsPort = 0 }));

        Assert.Contains("The API has no routeSelectionExpression.", why.Message);
    }

    [Theory]
    [InlineData("Idle=0")]
    [InlineData("Idle")]
    [InlineData("Absent=1")]
    public void Limits_that_cannot_be_are_refused_at_the_start(string limits) =>
        Assert.Throws<SettingException>(() => new CarillonOptions { GatewayLimits = limits }.Validate());

    public async ValueTask DisposeAsync()
    {
        if (_platform is not null)
        {
            await _platform.App.StopAsync();
            await _platform.DisposeAsync();
        }

        await _sink.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
