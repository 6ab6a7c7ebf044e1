using System.Text.RegularExpressions;
using Xunit;

namespace Carillon.Tests;

/// <summary>What must not stand in <c>src/</c>: clocks that tests cannot move, waiting that blocks, queues without an end.</summary>
public class BannedTests
{
    [Theory]
    [InlineData(@"\bDateTime(Offset)?\.(UtcNow|Now|Today)\b")]
    [InlineData(@"\basync void\b")]
    [InlineData(@"(?<!\b(await waiting|remembered|request))\.Result\b|\.Wait\(\)|\bThread\.Sleep\b")]
    [InlineData(@"\bCreateUnbounded\b")]
    [InlineData(@"\bTask\.Delay\((?![^;]*\b(_?time|clock)\b)")]
    public void It_is_nowhere_in_the_sources(string banned)
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories);
        var found = sources.SelectMany(file => File.ReadAllLines(file).Select((line, at) => (file, at, line)))
            .Where(l => Regex.IsMatch(l.line.Split("//")[0], banned))
            .Select(l => $"{Path.GetFileName(l.file)}:{l.at + 1}: {l.line.Trim()}");

        Assert.Equal([], found);
    }
}
