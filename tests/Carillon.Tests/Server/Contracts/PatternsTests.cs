using Carillon.Server.Contracts;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Server.Contracts;

/// <summary>Each hand-written check against the regular expression of the model that it stands for.</summary>
public class PatternsTests
{
    private static readonly Gen<string> _noise = Gen.Elements(
        "arn:", "aws", "chime", ":", "::", "/", "a", "Z", "7", "-", ".", "_", "@", " ", "\t", "\n", "\r", "\u0085", "\u007f", "\u0000", "é",
        "\u00a0", "\ud7ff", "\uffff", "\ufffe", "😀", "us-east-1", "123456789012", "app-instance/x", "\u2028").ArrayOf().Select(string.Concat);

    private static readonly Gen<string> _likely =
        from parts in Gen.Choose(0, 70).Select(n => new string('a', n)).ArrayOf(4)
        from rest in Gen.Elements("", "x", "/x", "app-instance/a-b", "x\ny", "é:/", new string('r', 1024), new string('r', 1025))
        from head in Gen.Elements("arn:", "ARN:", "arn", " arn:")
        select head + string.Join(':', parts) + ":" + rest;

    private static readonly Gen<string> _ids =
        from first in Gen.Elements("a", "-", ".", "9", "")
        from middle in Gen.Elements("", ":", "a.b", "@", "é", new string('m', 61), new string('m', 62), new string('m', 63))
        from last in Gen.Elements("z", "_", "\n", "")
        select first + middle + last;

    private static readonly Gen<string> _others =
        from start in Gen.Elements("arn:aws:lambda:", "arn:aws:lex:", "arn:aws:lambda", "")
        from region in Gen.Elements("us-east-1:", "us-east-12:", "us-e1-1:", "USA-east-1:", "us--1:", "us-east-1", "eu-x-9:")
        from account in Gen.Elements("123456789012:", "12345678901:", "1234567890123:", "12345678901a:")
        from rest in Gen.Elements(
            "function:f", "function:", "function:f.g-h_i:$LATEST", "function:f:1", "function:f:", "function:f:a:b", "function:f:a.b",
            "bot-alias/ABCDEFGHIJ/0123456789", "bot-alias/ABCDEFGHIJ0123456789", "bot-alias/ABCDEFGHIj/0123456789", "bot-alias/A/B", "f")
        select start + region + account + rest;

    private static readonly Gen<string> _words =
        Gen.Elements("a", "Z", "_", "__", "9", " ", "\n", "b_").ArrayOf().Select(string.Concat);

    public static TheoryData<string> Texts => [.. Patterns.All.Where(p => p != Patterns.ResourceName).Select(p => p.Text)];

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_check_says_what_the_model_s_expression_says(string text)
    {
        var pattern = Patterns.Of(text);
        var expression = ModelExpression.Of(text);

        Prop.ForAll(
            Gen.OneOf(_noise, _likely, _ids, _others, _words).ToArbitrary(),
            sample => pattern.Matches(sample) == expression.IsMatch(sample)).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void A_name_may_hold_what_the_model_lists_and_nothing_else() => Assert.All(
        Enumerable.Range(0, 0x10000).Where(code => !char.IsSurrogate((char)code)),
        code => Assert.Equal(
            code is 0x9 or 0xA or 0xD or (>= 0x20 and <= 0x7E) or 0x85 or (>= 0xA0 and <= 0xD7FF) or (>= 0xE000 and <= 0xFFFD),
            Patterns.ResourceName.Matches(((char)code).ToString())));

    [Theory]
    [InlineData("😀", true)]
    [InlineData(" x ", true)]
    [InlineData("\t\n ", false)]
    [InlineData("\u00a0", false)]
    [InlineData("", false)]
    public void A_user_s_name_holds_something_that_is_no_space(string name, bool holds) => Assert.Equal(holds, Patterns.UserName.Matches(name));
}
