using System.Text.RegularExpressions;
using Carillon.Server.Http;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Server.Http;

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

    public static TheoryData<string> Names => [nameof(Patterns.ChimeArn), nameof(Patterns.Id), nameof(Patterns.Token), nameof(Patterns.Line)];

    private static Carillon.Server.Http.Pattern Of(string name) => name switch
    {
        nameof(Patterns.ChimeArn) => Patterns.ChimeArn,
        nameof(Patterns.Id) => Patterns.Id,
        nameof(Patterns.Token) => Patterns.Token,
        _ => Patterns.Line,
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_check_says_what_the_model_s_expression_says(string name)
    {
        var pattern = Of(name);

        // The model's expressions mean the whole text, in a dialect where the dot leaves out both line ends.
        var text = Regex.Replace(pattern.Text, @"(?<!\\|\[.*)\.(?=[*{])", @"[^\r\n]").Replace(@"\_", "_", StringComparison.Ordinal)
            .Replace(@"\@", "@", StringComparison.Ordinal).Replace("].{0,1023}", @"][^\r\n]{0,1023}", StringComparison.Ordinal);
        var expression = new Regex($@"\A(?:{text})\z", RegexOptions.CultureInvariant);

        Prop.ForAll(
            Gen.OneOf(_noise, _likely, _ids).ToArbitrary(),
            sample => pattern.Matches(sample) == expression.IsMatch(sample)).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
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

    [Fact]
    public void Characters_are_counted_as_the_model_counts_them()
    {
        Assert.Null(new Must().Length(string.Concat(Enumerable.Repeat("😀", 100)), 1, 100, "name").Broken);
        Assert.NotNull(new Must().Length(string.Concat(Enumerable.Repeat("😀", 101)), 1, 100, "name").Broken);
    }

    [Fact]
    public void Everything_that_is_broken_is_said_at_once_without_the_values()
    {
        var broken = new Must().Have(null, "name").Length("secret", 10, 20, "metadata").Between(51, 1, 50, "maxResults").Broken;

        Assert.StartsWith("3 validation errors detected: ", broken, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", broken, StringComparison.Ordinal);
    }
}
