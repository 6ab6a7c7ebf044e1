using System.Text;
using Carillon.Server.Contracts;
using Carillon.Server.Http;
using Carillon.Tests.Server.Operations;
using Carillon.Wire;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Carillon.Tests.Server.Contracts;

/// <summary>The engine, on all operations of the models: written by hand, generated, and against a naive judge.</summary>
public class RequestLimitsTests(ITestOutputHelper output)
{
    private const string Arn = "arn:aws:chime:us-east-1:123456789012:app-instance/a/channel/c";

    public static TheoryData<string> Names => [.. Contract.All.Keys];

    /// <summary>Null where nothing is refused.</summary>
    private static string? Refusal(string operation, string target, string? bearer, ReadOnlySpan<byte> body)
    {
        try
        {
            RequestLimits.Of(operation).Check(RawTarget.Parse(target)!, bearer, body);
            return null;
        }
        catch (ApiException e)
        {
            Assert.Equal(ApiError.BadRequest, e.Error);
            return e.Message;
        }
    }

    private static string? OfSend(string body, string target = $"/channels/{Arn}/messages", string? bearer = Arn) =>
        Refusal("SendChannelMessage", target.Replace("/a/channel", "%2Fa%2Fchannel", StringComparison.Ordinal).Replace("l/c", "l%2Fc", StringComparison.Ordinal), bearer, Encoding.UTF8.GetBytes(body));

    private const string Good =
        """{"Content":"c","Type":"STANDARD","Persistence":"PERSISTENT","ClientRequestToken":"token" """;

    [Theory]
    [InlineData(Good + "}")]
    [InlineData(Good + ",\"Unknown\":[{\"a\":1,\"a\":null}],\"Metadata\":null,\"SubChannelId\":null} \n")]
    [InlineData(Good + ",\"Metadata\":\"two\\nlines\"}")]
    [InlineData("""{"\u0043ontent":"\ud83d\ude00","Type":"CONTROL","Persistence":"NON_PERSISTENT","ClientRequestToken":"to"}""")]
    [InlineData(Good + ",\"MessageAttributes\":{\"a\":{\"StringValues\":[\"x\"]},\"b\":{},\"c\":{\"StringValues\":null}}}")]
    [InlineData(Good + ",\"Target\":[{}]}")]
    public void What_keeps_to_the_limits_passes(string body) => Assert.Null(OfSend(body));

    [Theory]
    [InlineData("", "4 validation errors detected: Value null at 'content' failed to satisfy constraint: Member must not be null; Value null at 'type' failed to satisfy constraint: Member must not be null; Value null at 'persistence' failed to satisfy constraint: Member must not be null; Value null at 'clientRequestToken' failed to satisfy constraint: Member must not be null")]
    [InlineData(Good + ",\"Type\":\"STANDARD\"}", "The request body cannot be read at $.Type.")]
    [InlineData(Good + ",\"Metadata\":5}", "The request body cannot be read at $.Metadata.")]
    [InlineData(Good + ",\"Metadata\":\"\\ud800\"}", "The request body cannot be read at $.Metadata.")]
    [InlineData(Good + ",\"\\ud800\":1}", "The request body is not the JSON expected.")]
    [InlineData(Good + ",\"Metadata\":\"x\"", "The request body is not the JSON expected.")]
    [InlineData(Good + "} x", "The request body is not the JSON expected.")]
    [InlineData("null", "The request body is not the JSON expected.")]
    [InlineData("[]", "The request body is not the JSON expected.")]
    [InlineData("\ufeff{}", "The request body is not the JSON expected.")]
    [InlineData(Good + ",\"Target\":[{\"MemberArn\":5}]}", "The request body cannot be read at $.Target[0].MemberArn.")]
    [InlineData(Good + ",\"ContentType\":\"\"} ", null)]
    [InlineData(Good + ",\"Target\":[]}", "1 validation error detected: Value at 'target' failed to satisfy constraint: Member must have length greater than or equal to 1")]
    [InlineData(Good + ",\"Target\":[null]}", "1 validation error detected: Value null at 'target.1.member' failed to satisfy constraint: Member must not be null")]
    [InlineData(Good + ",\"Target\":[{\"MemberArn\":\"arn:aws:s3:::b\"},{\"MemberArn\":\"arn\"}]}", "3 validation errors detected: Value at 'target.2.member.memberArn' failed to satisfy constraint: Member must have length greater than or equal to 5; Value at 'target.2.member.memberArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:[a-z0-9-\\.]{1,63}:[a-z0-9-\\.]{0,63}:[a-z0-9-\\.]{0,63}:[a-z0-9-\\.]{0,63}:[^/].{0,1023}; Value at 'target' failed to satisfy constraint: Member must have length less than or equal to 1")]
    [InlineData(Good + ",\"PushNotification\":{\"Type\":\"loud\"}}", "1 validation error detected: Value at 'pushNotification.type' failed to satisfy constraint: Member must satisfy enum value set: [DEFAULT, VOIP]")]
    [InlineData(Good + ",\"MessageAttributes\":{\"\":{\"StringValues\":[\"\",\"\"]}}}", "2 validation errors detected: Value at 'messageAttributes.value.stringValues' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 512, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\s\\S]*]; Value at 'messageAttributes' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 64, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\s\\S]*]")]
    [InlineData(Good + ",\"MessageAttributes\":{\"a\":null}}", "1 validation error detected: Value null at 'messageAttributes.value' failed to satisfy constraint: Member must not be null")]
    [InlineData(Good + ",\"MessageAttributes\":{\"a\":{},\"\\u0061\":{}}}", "The request body cannot be read at $.MessageAttributes.")]
    public void What_breaks_a_limit_is_told_in_AWS_s_words(string body, string? sentence) => Assert.Equal(sentence, OfSend(body));

    [Theory]
    [InlineData("/channels/x/messages", Arn, "2 validation errors detected: Value at 'channelArn' failed to satisfy constraint: Member must have length greater than or equal to 5; Value at 'channelArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:[a-z0-9-\\.]{1,63}:[a-z0-9-\\.]{0,63}:[a-z0-9-\\.]{0,63}:[a-z0-9-\\.]{0,63}:[^/].{0,1023}")]
    [InlineData("/channels/%ff/messages", Arn, "The path holds a malformed escape at 'channelArn'.")]
    [InlineData("/channels/%C0%AF/messages", Arn, "The path holds a malformed escape at 'channelArn'.")]
    [InlineData($"/channels/{Arn}/messages", null, "1 validation error detected: Value null at 'chimeBearer' failed to satisfy constraint: Member must not be null")]
    [InlineData($"/channels/{Arn}/messages", "", "1 validation error detected: Value null at 'chimeBearer' failed to satisfy constraint: Member must not be null")]
    public void Path_and_header_have_limits_too(string target, string? bearer, string sentence) =>
        Assert.Equal(sentence, OfSend(Good + "}", target, bearer));

    [Theory]
    [InlineData("", null)]
    [InlineData("?max-results=50&next-token=&sort-order=", null)]
    [InlineData("?max-results=+5", "The query parameter 'max-results' must be a whole number.")]
    [InlineData("?max-results=1.5", "The query parameter 'max-results' must be a whole number.")]
    [InlineData("?max-results=1e1", "The query parameter 'max-results' must be a whole number.")]
    [InlineData("?max-results=9999999999", "The query parameter 'max-results' must be a whole number.")]
    [InlineData("?not-before=1700000000", "The query parameter 'not-before' must be an ISO 8601 timestamp.")]
    [InlineData("?not-before=2024-01-02T03:04:05.678901Z", null)]
    [InlineData("?max-results=0&sort-order=UP", "2 validation errors detected: Value at 'sortOrder' failed to satisfy constraint: Member must satisfy enum value set: [ASCENDING, DESCENDING]; Value at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1")]
    public void A_query_has_limits_too(string query, string? sentence) =>
        Assert.Equal(sentence, Refusal("ListChannelMessages", $"/channels/{Uri.EscapeDataString(Arn)}/messages{query}", Arn, []));

    [Theory]
    [InlineData("1.5")]
    [InlineData("1e2")]
    [InlineData("1e999")]
    [InlineData("2147483648")]
    [InlineData("\"5\"")]
    public void An_integer_is_written_as_one(string number) => Assert.Equal(
        "The request body cannot be read at $.ExpirationSettings.ExpirationDays.",
        Refusal(
            "PutChannelExpirationSettings", $"/channels/{Uri.EscapeDataString(Arn)}/expiration-settings", Arn,
            Encoding.UTF8.GetBytes($$$"""{"ExpirationSettings":{"ExpirationDays":{{{number}}},"ExpirationCriterion":"CREATED_TIMESTAMP"}}""")));

    [Fact]
    public void A_body_that_breaks_thousands_of_limits_is_answered_in_a_few()
    {
        var processors = string.Join(',', Enumerable.Repeat("{}", 50_000));
        var refusal = Refusal("UpdateChannelFlow", $"/channel-flows/{Uri.EscapeDataString(Arn)}", null, Encoding.UTF8.GetBytes($$"""{"Name":"n","Processors":[{{processors}}]}"""));

        Assert.StartsWith("200001 validation errors detected: ", refusal, StringComparison.Ordinal);
        Assert.True(refusal!.Length < 5000);
    }

    [Fact]
    public void Thirty_two_levels_are_read_and_no_more()
    {
        static string Nested(int levels) => Good + ",\"Unknown\":" + new string('[', levels) + new string(']', levels) + "}";

        Assert.Null(OfSend(Nested(31)));
        Assert.Equal("The request body is not the JSON expected.", OfSend(Nested(32)));
        Assert.Equal("The request body is not the JSON expected.", OfSend(Nested(1000)));
    }

    [Fact]
    public void A_good_request_is_checked_without_allocating()
    {
        var target = RawTarget.Parse($"/channels/{Uri.EscapeDataString(Arn)}/messages")!;
        var body = Encoding.UTF8.GetBytes(Good + ",\"Metadata\":\"m\",\"Target\":[{}]}");
        var limits = RequestLimits.Of("SendChannelMessage");
        limits.Check(target, Arn, body);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            limits.Check(target, Arn, body);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_breaks_a_bound_of_any_operation_is_refused_and_what_touches_it_is_not(string name)
    {
        var contract = Contract.All[name];
        Assert.All(ContractCase.Of(contract), c =>
        {
            var request = ContractRequest.Of(contract, null);
            c.Spoil(request);
            var refusal = Refusal(
                name, request.Target(), request.Bearer, request.HasBody ? Encoding.UTF8.GetBytes(request.Body.ToJsonString()) : []);
            Assert.True((refusal is not null) == c.Refused, $"{c.Member.Name} {c.Kind}: {refusal}");
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_says_what_a_naive_judge_says(string name)
    {
        const int seed = 20260102;
        output.WriteLine($"seed {seed}");
        var odd = new OddRequests(seed, Contract.All[name], world: null);
        for (var i = 0; i < 1000; i++)
        {
            var request = odd.Next();
            var expected = NaiveLimits.Judge(Contract.All[name], request);
            if (RawTarget.Parse(request.Target) is null || expected is null)
            {
                continue;
            }

            var said = Refusal(name, request.Target, request.Bearer, request.Body);
            var verdict = said is null ? "0" : said.Contains("validation error", StringComparison.Ordinal) ? said.Split(' ')[0] : "malformed";
            Assert.True(expected == verdict, $"case {i}: {expected}, not {said}\n{request}");
        }
    }
}
