using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Carillon.Events.Tests;

public class ProxyTests
{
    private static readonly Dictionary<string, string?> nothing = [];

    [Theory]
    [InlineData(null, "http 127.0.0.1")]
    [InlineData("10.0.0.0/8", "http 127.0.0.1")]
    [InlineData("127.0.0.1", "https 203.0.113.9")]
    [InlineData("10.0.0.1, 127.0.0.0/8", "https 203.0.113.9")]
    public async Task Where_a_request_came_from_proxies_that_are_named_may_say(string? proxies, string seen)
    {
        var settings = EventsSettings.Read(proxies is null ? [] : ["--Proxies", proxies], nothing);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        if (settings.Forwarding is { } forwarding) app.UseForwardedHeaders(forwarding);
        app.Run(http => http.Response.WriteAsync(
            string.Create(CultureInfo.InvariantCulture, $"{http.Request.Scheme} {http.Connection.RemoteIpAddress!.MapToIPv4()} {http.Request.Host}")));
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        // Whoever made the first part up stands before the proxy.
        request.Headers.Add("X-Forwarded-For", "198.51.100.1, 203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "evil.example");

        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal($"{seen} {address.Authority}", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void What_is_no_address_is_refused() =>
        Assert.Throws<FormatException>(() => EventsSettings.Read(["--Proxies", "everybody"], nothing));
}
