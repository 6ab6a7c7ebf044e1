using System.Text;
using System.Xml.Linq;
using Carillon.Server.Http;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Wire.SigV4;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Carillon.Tests.Server.Access;

/// <summary>IAM and STS over real HTTP, with real signatures.</summary>
public sealed class QueryApiTests : IAsyncLifetime
{
    private readonly AccessHost _host = new();
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    public async ValueTask InitializeAsync()
    {
        var api = new QueryApi(
            new Authenticator(_host.Credentials, _host.Clock), _host.Room,
            new JsonApi(_host.Room, kinesis: null!, NullLogger<JsonApi>.Instance), _host.Clock, NullLogger<QueryApi>.Instance);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async http =>
        {
            if (QueryApi.Owns(http))
                await api.Handle(http);
            else
                http.Response.StatusCode = 404;
        });
        await _app.StartAsync();
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _http.BaseAddress = new Uri(address);
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.DisposeAsync();
        _http.Dispose();
        _host.Dispose();
    }

    [Fact]
    public async Task A_session_signs_with_what_it_was_given()
    {
        var arn = await _host.MakeRole("worker");
        var assumed = await Post(AccessHost.RootKey, "sts",
            $"Action=AssumeRole&Version=2011-06-15&RoleSessionName=s1&RoleArn={Uri.EscapeDataString(arn)}");
        var credentials = new AwsCredentials(
            assumed.Ok()["AccessKeyId"], assumed["SecretAccessKey"], assumed["SessionToken"]);

        var identity = await Post(credentials, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
        var role = await Post(credentials, "iam", "Action=GetRole&Version=2010-05-08&RoleName=worker");

        Assert.Equal("arn:aws:sts::111122223333:assumed-role/worker/s1", identity.Ok()["Arn"]);
        Assert.Equal((403, "AccessDenied"), (role.Status, role.Code));
    }

    [Fact]
    public async Task A_wrong_secret_and_no_signature_are_refused_in_XML()
    {
        var wrong = await Post(new(AccessHost.RootKey.AccessKeyId, "guess"), "sts", "Action=GetCallerIdentity&Version=2011-06-15");
        var service = await Post(AccessHost.RootKey, "chime", "Action=GetCallerIdentity&Version=2011-06-15");
        var none = await Send(new HttpRequestMessage(HttpMethod.Get, "/?Action=GetCallerIdentity&Version=2011-06-15"));

        Assert.Equal((403, "SignatureDoesNotMatch"), (wrong.Status, wrong.Code));
        Assert.Equal((403, "SignatureDoesNotMatch"), (service.Status, service.Code));
        Assert.Equal((403, "MissingAuthenticationToken"), (none.Status, none.Code));
    }

    [Fact]
    public async Task A_presigned_GET_is_a_request_like_any_other()
    {
        var url = new SigV4Signer(AccessHost.RootKey, "us-east-1", "sts", _host.Clock).Presign(
            "GET", new Uri(_http.BaseAddress!, "/?Action=GetCallerIdentity&Version=2011-06-15"), TimeSpan.FromMinutes(1));

        var identity = await Send(new HttpRequestMessage(HttpMethod.Get, url));

        Assert.Equal("arn:aws:iam::111122223333:root", identity.Ok()["Arn"]);
    }

    [Fact]
    public async Task Answers_say_what_they_are_and_what_is_no_query_is_left_to_others()
    {
        using var answer = await _http.GetAsync(new Uri("/?Action=X", UriKind.Relative), TestContext.Current.CancellationToken);
        using var page = await _http.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        using var large = await _http.PostAsync(new Uri("/", UriKind.Relative),
            new StringContent(new string('a', 300_000), Encoding.ASCII, "application/x-www-form-urlencoded"), TestContext.Current.CancellationToken);

        Assert.Equal("text/xml", answer.Content.Headers.ContentType!.ToString());
        var body = XElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(body.Elements().Last().Value, answer.Headers.GetValues("x-amzn-RequestId").Single());
        Assert.NotNull(answer.Headers.Date);
        Assert.Equal(404, (int)page.StatusCode);
        Assert.Equal(413, (int)large.StatusCode);
    }

    private async Task<Answered> Post(AwsCredentials credentials, string service, string form)
    {
        var body = Encoding.ASCII.GetBytes(form);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_http.BaseAddress!, "/")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
        foreach (var field in new SigV4Signer(credentials, "us-east-1", service, _host.Clock).Sign("POST", request.RequestUri!, [], body))
            request.Headers.TryAddWithoutValidation(field.Name, field.Value);
        return await Send(request);
    }

    private async Task<Answered> Send(HttpRequestMessage request)
    {
        using (request)
        {
            using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            return new((int)answer.StatusCode, XElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        }
    }
}
