using Carillon.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Carillon.Tests.Server.Hosting;

public class ProxiesTests
{
    [Theory]
    [InlineData("", "http 127.0.0.1")]
    [InlineData("10.0.0.0/8", "http 127.0.0.1")]
    [InlineData("127.0.0.1", "https 203.0.113.9")]
    [InlineData("10.0.0.1, 127.0.0.0/8", "https 203.0.113.9")]
    public async Task Where_a_request_came_from_proxies_that_are_named_may_say(string proxies, string seen)
    {
        await using var server = new Behind(proxies);
        await server.InitializeAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "/where"));
        // Whoever made the first part up stands before the proxy.
        request.Headers.Add("X-Forwarded-For", "198.51.100.1, 203.0.113.9");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "evil.example");

        using var answer = await server.Http.SendAsync(request);

        Assert.Equal($"{seen} {server.Address.Authority}", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public void What_is_no_address_is_refused() =>
        Assert.Throws<SettingException>(() => new CarillonOptions { Proxies = "everybody" }.Validate());

    private sealed class Behind(string proxies) : LiveServer
    {
        internal override CarillonOptions Adjust(CarillonOptions options) => base.Adjust(options) with { Proxies = proxies };

        internal override void Mapped() => Platform.App.MapGet(
            "/where", (HttpContext http) => $"{http.Request.Scheme} {http.Connection.RemoteIpAddress!.MapToIPv4()} {http.Request.Host}");
    }
}
