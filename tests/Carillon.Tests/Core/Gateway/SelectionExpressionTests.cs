using System.Text;
using System.Text.Json;
using Carillon.Core.Gateway;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Core.Gateway;

public class SelectionExpressionTests
{
    // The table of the developer guide, and what follows from "a variable that is missing is empty".
    [Theory]
    [InlineData("$request.body.action", """{"action":"join"}""", "join")]
    [InlineData("${request.body.action}", """{"action":"join"}""", "join")]
    [InlineData("request.body.action", """{"action":"join"}""", "join")]
    [InlineData("${request.body.service}/${request.body.action}", """{"service":"chat","action":"join"}""", "chat/join")]
    [InlineData("${request.body.action}-${request.body.missing}", """{"action":"join"}""", "join-")]
    [InlineData("$request.body.meta.kind", """{"meta":{"kind":"x"}}""", "x")]
    [InlineData("action", "anything", "action")]
    [InlineData("\\$default", "anything", "$default")]
    [InlineData("$request.body.action", """{"action":["item1","item2"]}""", "[item1, item2]")]
    [InlineData("$request.body.action", """{"action":1}""", "1")]
    [InlineData("$request.body.action", """{"action":true}""", "true")]
    [InlineData("$request.body.action", """{"action":null}""", "")]
    [InlineData("$request.body.action", """{"action":"a","action":"b"}""", "b")]
    [InlineData("$request.body.items[1].kind", """{"items":[{"kind":"x"},{"kind":"y"}]}""", "y")]
    [InlineData("$request.body.items[2].kind", """{"items":[{"kind":"x"},{"kind":"y"}]}""", "")]
    [InlineData("${request.body['the kind']}", """{"the kind":"x"}""", "x")]
    [InlineData("$request.body.action", "", "")]
    [InlineData("$request.body.action", "not json", "")]
    [InlineData("$request.body.action", "[1]", "")]
    [InlineData("$request.body.action", "\"action\"", "")]
    [InlineData("$request.body.action", "null", "")]
    [InlineData("$request.body.action.deeper", """{"action":"join"}""", "")]
    [InlineData("$request.body.action", """{"action":"\ud800"}""", "")]
    [InlineData("$request.body.action", """{"\ud800":1,"action":"join"}""", "join")]
    [InlineData("$context.stage", """{"context":{"stage":"x"}}""", "")]
    public void A_message_selects_what_the_expression_says(string expression, string message, string selected) =>
        Assert.Equal(selected, SelectionExpression.Parse(expression).Evaluate(Encoding.UTF8.GetBytes(message)));

    [Theory]
    [InlineData("$")]
    [InlineData("${}")]
    [InlineData("${request.body.action")]
    [InlineData("a$/b")]
    [InlineData("$request.body['the kind']")]
    [InlineData("${request.body.}")]
    [InlineData("${request.body.a[}")]
    public void A_malformed_expression_is_refused(string expression) =>
        Assert.Throws<FormatException>(() => SelectionExpression.Parse(expression));

    [Fact]
    public void A_text_selects_itself_whatever_it_is() => Prop.ForAll(
        Whole,
        action => SelectionExpression.Parse("$request.body.action").Evaluate(
            JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object> { ["other"] = 1, ["action"] = action })) == action)
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Parts_are_put_together_in_their_order() => Prop.ForAll(
        Whole, Whole,
        (left, right) => SelectionExpression.Parse("<${request.body.l}|${request.body.r}|\\$>").Evaluate(
            JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["l"] = left, ["r"] = right })) == $"<{left}|{right}|$>")
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Whatever_comes_selects_something() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        message => SelectionExpression.Parse("$request.body.action").Evaluate(message) is not null).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_expression_is_read_or_refused() => Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
    {
        try
        {
            return text is null || SelectionExpression.Parse(text).Evaluate("{}"u8.ToArray()) is not null;
        }
        catch (FormatException)
        {
            return true;
        }
    }).QuickCheckThrowOnFailure();

    private static Arbitrary<string> Whole => ArbMap.Default.ArbFor<string>().Filter(text => text is not null && !HasHalfCharacter(text));

    private static bool HasHalfCharacter(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return true;
            }
        }

        return false;
    }
}
