using System.Text.Json.Nodes;
using Carillon.Server.Http;
using Carillon.Server.Operations;
using Carillon.Wire;
using Xunit;

namespace Carillon.Tests.Server.Operations;

/// <summary>The catalogue against the service models.</summary>
public class CatalogTests(LiveServer server) : IClassFixture<LiveServer>
{
    private static readonly string[] _common =
    [
        "BadRequestException", "UnauthorizedClientException", "ForbiddenException", "ThrottledClientException",
        "ServiceFailureException", "ServiceUnavailableException",
    ];

    public static TheoryData<string> Names => [.. Contract.Served];

    // Their notes demand the bearer that their models leave out.
    private static readonly string[] _demanding = ["PutChannelExpirationSettings", "SearchChannels"];

    private static IEnumerable<Operation> All => Catalog.Identity.Union(Catalog.Messaging);

    [Fact]
    public void Every_operation_of_the_catalogue_is_one_of_the_models_once()
    {
        Assert.All(All, operation => Assert.Contains(operation.Name, Contract.All.Keys));
        Assert.Equal(All.Count(), All.DistinctBy(o => o.Name).Count());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operation_has_the_route_status_bearer_and_errors_of_the_model(string name)
    {
        var contract = Contract.All[name];
        var operation = All.Single(o => o.Name == name);

        Assert.Equal(contract.Method, operation.Route.Method);
        Assert.Equal(contract.Template, operation.Route.Template);
        Assert.Equal(contract.Status, operation.Status);
        Assert.Equal(contract.Bearer || _demanding.Contains(name), operation.Bearer == Bearer.Required);
        Assert.Equal(
            contract.Errors.Except(_common).Order(StringComparer.Ordinal),
            Enum.GetValues<Declares>().Where(d => d != Declares.Nothing && operation.Declares.HasFlag(d))
                .Select(d => $"{d}Exception").Order(StringComparer.Ordinal));

        // Tags are in both models.
        Assert.True(
            contract.Path == "/tags"
            || (contract.Service == "chime-sdk-identity" ? Catalog.Identity : Catalog.Messaging).Contains(operation));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_operation_is_found_by_its_own_route_alone(string name)
    {
        var contract = Contract.All[name];
        var target = RawTarget.Parse(contract.Template.Replace("{", "%3A", StringComparison.Ordinal).Replace("}", "%2F", StringComparison.Ordinal))!;

        Assert.Equal(name, Catalog.Find(contract.Method, target)?.Name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_request_with_every_member_succeeds_and_is_answered_in_the_model_s_shape(string name)
    {
        var contract = Contract.All[name];
        var request = ContractRequest.Of(contract, await World.Make(server));

        var answer = await request.Send(server.Root);

        Assert.True(answer.Status == contract.Status, $"{answer.Status} {answer.Body}");
        Assert.NotNull(answer.Header("x-amzn-RequestId"));
        if (contract.Answer is null)
        {
            Assert.Equal("", answer.Body);
        }
        else
        {
            Assert.Equal("application/json", answer.ContentHeaders.ContentType?.ToString());
            AssertWithin(contract.Answer, answer.Json, name);
        }
    }

    /// <summary>Every member of the answer is one that the model names there, and none is null.</summary>
    private static void AssertWithin(JsonNode? model, JsonNode? answer, string at)
    {
        switch (answer)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    if (name.StartsWith("x-carillon", StringComparison.Ordinal))
                    {
                        // Ours: no model can have such a name, and no SDK reads it.
                        continue;
                    }

                    var inner = (model as JsonObject)?["*"];
                    Assert.True(inner is not null || model is JsonObject shape && shape.ContainsKey(name), $"{at} has no {name}");
                    Assert.True(value is not null, $"{at}.{name} is null");
                    AssertWithin(inner ?? model![name], value, $"{at}.{name}");
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    AssertWithin(model, item, at);
                }

                break;
        }
    }

    [Theory]
    [InlineData("GET", "/channels?scope=no-such-thing")]
    [InlineData("POST", "/channels?operation=no-such-thing")]
    [InlineData("PATCH", "/channels")]
    [InlineData("DELETE", "/channels")]
    [InlineData("GET", "/channels/a/b/c/d/e")]
    [InlineData("GET", "/channels/")]
    [InlineData("PUT", "/channels//messages/m")]
    [InlineData("DELETE", "/app-instance-bots")]
    [InlineData("POST", "/tags?operation=no-such-thing")]
    [InlineData("POST", "/endpoints/messaging-session")]
    public async Task What_is_no_operation_of_the_catalogue_is_unknown(string method, string target) =>
        (await server.Root.Send(method, target, body: method == "GET" ? null : new JsonObject())).Refused(404, "UnknownOperationException");
}
