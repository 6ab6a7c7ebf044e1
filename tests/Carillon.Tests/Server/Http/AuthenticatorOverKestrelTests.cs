using System.Net;
using Carillon.Server.Http;
using Carillon.Tests.Wire.SigV4;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Carillon.Tests.Server.Http;

/// <summary>What a real server leaves of a request must still verify.</summary>
public class AuthenticatorOverKestrelTests
{
    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task A_request_verifies_as_it_was_sent(HttpProtocols protocol)
    {
        var cancel = TestContext.Current.CancellationToken;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol));
        await using var server = builder.Build();
        var authenticator = new Authenticator(new Keys(), new StoppedClock(SignedRequest.SignedAt));
        server.Run(async context =>
        {
            var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var result = authenticator.Authenticate(context, body.ToArray(), SignedRequest.Policy);
            await context.Response.WriteAsync(result.Caller?.Arn ?? result.Fault!.Message, context.RequestAborted);
        });
        await server.StartAsync(cancel);
        using var client = new HttpClient();

        string[] targets =
        [
            "/", "/channels/arn%3Aaws%3Achime%2Fa%2fb/messages", "/a//b%20c/?next-token=&q=%2B%27x%27",
            "/%C3%A9?%E1%88%B4=x",
        ];
        foreach (var pathAndQuery in targets)
        {
            var url = new Uri(server.Urls.Single() + pathAndQuery);
            var body = "{\"Content\": \"é\"}"u8.ToArray();
            HeaderField[] headers =
            [
                new("x-amz-chime-bearer", "arn:aws:chime:user/ann"), new("x-padded", "a  b"),
                new("Content-Type", "application/json"),
            ];
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
            request.Version = protocol == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            foreach (var (name, value) in headers)
            {
                if (!request.Headers.TryAddWithoutValidation(name, value))
                    request.Content.Headers.TryAddWithoutValidation(name, value);
            }

            foreach (var (name, value) in SignedRequest.Signer().Sign("POST", url, headers, body, declareBody: true))
                request.Headers.TryAddWithoutValidation(name, value);

            using var response = await client.SendAsync(request, cancel);

            Assert.Equal("arn:aws:iam::123456789012:user/ann", await response.Content.ReadAsStringAsync(cancel));
        }
    }
}
