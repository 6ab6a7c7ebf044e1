using System.Text;
using Carillon.Events.Core;
using Xunit;

namespace Carillon.Events.Tests;

public class FoldingTests
{
    [Theory]
    [InlineData("admin", "\u0430dmin")] // Cyrillic а
    [InlineData("admin", "ADMIN")]
    [InlineData("admin", "\u0410DMIN")]
    [InlineData("admin", "\u0430DMIN")]
    [InlineData("admin", "аdmіn")]
    [InlineData("admin", "ａｄｍｉｎ")]
    [InlineData("admin", "𝐚𝐝𝐦𝐢𝐧")]
    [InlineData("admin", "ádmìn")]
    [InlineData("admin", "a d m i n")]
    [InlineData("admin", "adm1n")]
    [InlineData("admin", "admln")]
    [InlineData("modern", "rnodern")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("한글", "\u1112\u1161\u11ab\u1100\u1173\u11af")]
    [InlineData("ВЕРА", "BEPA")] // Cyrillic and Latin
    [InlineData("вера", "ВЕРА")]
    [InlineData("é", "e\u0301")]
    public void Names_that_look_alike_share_a_look(string one, string other) =>
        Assert.NotEmpty(Folding.LookKeys(one).Intersect(Folding.LookKeys(other)));

    [Theory]
    [InlineData("anna", "anne")]
    [InlineData("hans", "nans")]
    [InlineData("hans", "vans")]
    [InlineData("bob", "coc")]
    [InlineData("вера", "вега")]
    [InlineData("ben", "ten")]
    [InlineData("小明", "小红")]
    public void Names_that_do_not_look_alike_share_none(string one, string other) =>
        Assert.Empty(Folding.LookKeys(one).Intersect(Folding.LookKeys(other)));

    /// <summary>Every pair of single characters that the Unicode table calls confusable, and every one of style or marks.</summary>
    [Fact]
    public void Each_pair_of_the_table_is_taken_for_the_same()
    {
        var pairs = 0;
        using var stream = typeof(Folding).Assembly.GetManifestResourceStream("folding.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var wrong = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Split('\t') is not [var target, var sources]) continue;
            foreach (var rune in sources.EnumerateRunes())
            {
                pairs++;
                if (!Folding.LookKeys($"x{rune}x").Intersect(Folding.LookKeys($"x{target}x")).Any())
                    wrong.Add($"U+{rune.Value:X4} {target}");
            }
        }

        Assert.True(pairs > 2000);
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {pairs}: {string.Join(", ", wrong.Take(40))}");
    }
}
