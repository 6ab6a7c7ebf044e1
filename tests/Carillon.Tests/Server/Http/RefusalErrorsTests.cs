using System.Text.Json.Nodes;
using Carillon.Core;
using Carillon.Server.Http;
using Carillon.Server.Http.LambdaProtocol;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.Http;

/// <summary>The table from Core's reasons to AWS's errors, and what every error looks like on the wire.</summary>
public class RefusalErrorsTests(LiveServer server) : IClassFixture<LiveServer>
{
    /// <summary>IAM's alone: answered by the query protocol, which has a table of its own.</summary>
    private static readonly Reason[] _ofRoles =
    [
        Reason.RoleUnknown, Reason.RolePolicyUnknown, Reason.RoleExists, Reason.RoleInUse, Reason.IamEntityUnknown,
        Reason.IamEntityExists, Reason.IamEntityInUse, Reason.PolicyNotOurs, Reason.LoginsDiffer,
    ];

    /// <summary>Exceptions of the service models with their short codes and statuses (model, "Code" enum).</summary>
    private static readonly Dictionary<string, (string Code, int Status)> _model = new()
    {
        ["BadRequestException"] = ("BadRequest", 400),
        ["ResourceLimitExceededException"] = ("ResourceLimitExceeded", 400),
        ["UnauthorizedClientException"] = ("Unauthorized", 401),
        ["ForbiddenException"] = ("Forbidden", 403),
        ["NotFoundException"] = ("NotFound", 404),
        ["ConflictException"] = ("Conflict", 409),
        ["ThrottledClientException"] = ("Throttled", 429),
        ["ServiceFailureException"] = ("ServiceFailure", 500),
        ["ServiceUnavailableException"] = ("ServiceUnavailable", 503),
    };

    private const Declares Everything = Declares.NotFound | Declares.Conflict | Declares.ResourceLimitExceeded;

    /// <summary>Lambda's alone, which has a table of its own, too.</summary>
    private static readonly Reason[] _ofFunctions =
    [
        Reason.FunctionUnknown, Reason.FunctionExists, Reason.FunctionPermissionUnknown, Reason.FunctionPermissionExists,
        Reason.FunctionRevisionPassed, Reason.FunctionEventsFull,
    ];

    public static TheoryData<Reason> Reasons => [.. Enum.GetValues<Reason>().Except(_ofRoles).Except(_ofFunctions)];

    [Fact]
    public void Every_reason_about_functions_has_a_row_in_Lambda_s_table() => Assert.All(
        _ofFunctions, reason => Assert.InRange(LambdaRefusals.Of(new Refusal(reason, "why")).Status, 400, 499));

    [Theory]
    [MemberData(nameof(Reasons))]
    public void A_reason_has_a_row_whose_name_code_and_status_are_the_model_s(Reason reason)
    {
        foreach (var declares in new[] { Declares.Nothing, Declares.NotFound, Declares.Conflict, Declares.ResourceLimitExceeded, Everything })
        {
            var (error, message) = RefusalErrors.Of(new Refusal(reason), declares);

            Assert.Equal(_model[error.Name], (error.Code, error.Status));
            Assert.NotEmpty(message);
            Assert.True(error != ApiError.NotFound || declares.HasFlag(Declares.NotFound));
            Assert.True(error != ApiError.Conflict || declares.HasFlag(Declares.Conflict));
        }
    }

    [Theory]
    [InlineData(Reason.ChannelUnknown)]
    [InlineData(Reason.AppInstanceUnknown)]
    [InlineData(Reason.ResourceUnknown)]
    public void What_is_absent_and_what_is_forbidden_read_the_same(Reason absent) => Assert.Equal(
        RefusalErrors.Of(new Refusal(Reason.NotAllowed), Everything), RefusalErrors.Of(new Refusal(absent), Everything));

    [Fact]
    public void The_details_of_a_failing_store_are_not_told() => Assert.DoesNotContain(
        "/secret/path", RefusalErrors.Of(new Refusal(Reason.StoreUnavailable, "/secret/path is full"), Everything).Message, StringComparison.Ordinal);

    public static TheoryData<string> Errors => ["unsigned", "signature", "unknown", "bad request", "forbidden", "not found", "conflict", "too large", "denied"];

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task An_error_has_its_type_and_id_in_headers_and_code_and_message_in_the_body(string kind)
    {
        var app = await server.NewApp();
        var user = await app.NewUser("ann");
        var channel = await app.NewChannel(user);

        var answer = await (kind switch
        {
            "unsigned" => Plain("/channels"),
            "signature" => server.As(new AwsCredentials(server.Platform.Root.AccessKeyId, "wrong", null)).ListAppInstances(),
            "unknown" => server.Root.Send("GET", "/channels?scope=nothing"),
            "bad request" => server.Root.CreateAppInstance(""),
            "forbidden" => server.Root.DescribeChannel(user, channel + "x"),
            "not found" => server.Root.GetChannelMessage(user, channel, "0123"),
            "conflict" => server.Root.CreateAppInstanceUser(app.Arn, "ann", "Ann"),
            "too large" => server.Root.SendBytes("POST", "/app-instances", null, new byte[1_000_000]),
            "denied" => server.As(new AwsCredentials("AKIANOBODYNOBODY0000", "secret", null)).ListAppInstances(),
            _ => throw new NotSupportedException(kind),
        });

        var body = (JsonObject)answer.Json;
        Assert.Equal(["Code", "Message"], body.Select(m => m.Key));
        Assert.NotEmpty((string)body["Message"]!);
        Assert.NotNull(answer.ErrorType);
        Assert.True(Guid.TryParse(answer.Header("x-amzn-RequestId"), out _));
        Assert.Equal("application/json", answer.ContentHeaders.ContentType?.ToString());
        Assert.NotNull(answer.Headers.Date);
        Assert.DoesNotContain("   at ", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Carillon.", answer.Body, StringComparison.Ordinal);
        if (_model.TryGetValue(answer.ErrorType!, out var row))
        {
            Assert.Equal(row, ((string)body["Code"]!, answer.Status));
        }
    }

    private async Task<Answer> Plain(string path)
    {
        using var response = await server.Http.GetAsync(new Uri(server.Address, path));
        return (await Answer.Read(response)).Refused(403, "MissingAuthenticationTokenException");
    }

    [Fact]
    public async Task A_body_of_a_megabyte_is_refused_before_it_is_read() =>
        (await server.Root.SendBytes("POST", "/channels", "arn", new byte[1_000_000])).Refused(413, "RequestEntityTooLargeException");

    [Fact]
    public async Task A_body_without_a_length_is_refused_once_it_is_too_large()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, "/channels"))
        {
            Content = new StreamContent(new MemoryStream(new byte[1_000_000])),
        };
        request.Headers.TransferEncodingChunked = true;
        using var response = await server.Http.SendAsync(request);

        (await Answer.Read(response)).Refused(413, "RequestEntityTooLargeException");
    }
}
