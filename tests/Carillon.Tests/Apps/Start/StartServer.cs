using System.Net;
using Carillon.Kit;
using Carillon.Kit.SignIn;
using Carillon.Start;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Carillon.Tests.Apps.Start;

/// <summary>The start app alone on a real port, with no platform behind it.</summary>
internal sealed class StartServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private StartServer(WebApplication app, OneTimeTokens tokens)
    {
        this.app = app;
        Tokens = tokens;
        Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = Url };
    }

    public Uri Url { get; }

    public HttpClient Http { get; }

    public OneTimeTokens Tokens { get; }

    public static async Task<StartServer> StartAsync(Func<StartOptions, StartOptions>? change = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var tokens = new OneTimeTokens(TimeProvider.System);
        var options = new StartOptions
        {
            // Nothing listens on port 9: whatever needs the platform is refused in words.
            Addresses = () => new PlatformAddresses(
                new Uri("http://127.0.0.1:9"), new Uri("http://localhost:4580"), new Uri("https://localhost:4543")),
            Region = "eu-central-1",
            Account = "123456789012",
            Root = new AwsCredentials("AKIDROOT", "root-secret"),
            Version = "0.1.0",
            LoopbackOnly = true,
            Facts = _ => ValueTask.FromResult(new PlatformFacts(true, 7)),
            Tokens = tokens,
            Operators = new OperatorSessions(TimeProvider.System),
            DataFolder = "/srv/carillon",
            CredentialsFile = "/srv/carillon/credentials",
        };
        app.MapStart(change is null ? options : change(options));
        await app.StartAsync();
        return new StartServer(app, tokens);
    }

    /// <param name="headers">Header names and values; <c>Host</c> too.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    /// <summary>As the page itself posts.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string json, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, json,
            [("Origin", Url.GetLeftPart(UriPartial.Authority)), ("Sec-Fetch-Site", "same-origin"), .. headers]);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
    }
}
