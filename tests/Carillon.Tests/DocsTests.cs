using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Carillon.Core;
using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Hosting;
using Carillon.Server.Http;
using Carillon.Server.Http.QueryProtocol;
using Carillon.Server.Http.Throttling;
using Carillon.Server.Operations;
using Carillon.Server.Operations.Access;
using Carillon.Server.Operations.IdentityPools;
using Carillon.Server.Operations.Kinesis;
using Carillon.Server.Operations.Lambda;
using Xunit;
using Contracts = Carillon.Server.Contracts;

namespace Carillon.Tests;

/// <summary>The documents say what the program does. To print them anew: CARILLON_WRITE_DOCS=1 ./test</summary>
public class DocsTests
{
    [Fact]
    public void The_page_of_operations_lists_the_catalogue() => Holds("docs/operations.md", "operations", Operations());

    [Fact]
    public void The_page_of_operations_lists_the_permission_matrix() => Holds("docs/operations.md", "rights", Matrix());

    [Fact]
    public void The_page_of_operations_lists_every_difference_that_the_code_marks() =>
        Holds("docs/operations.md", "differences", Differences());

    [Fact]
    public void The_page_of_coverage_lists_every_operation_of_the_models() => Holds("docs/coverage.md", "coverage", Coverage());

    [Fact]
    public void The_page_of_settings_names_every_setting_with_its_flag_and_variable()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/configuration.md"));
        var rows = page.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal) && l.Contains("`--")).ToList();

        Assert.Equal(SettingsReader.Known.Count, rows.Count);
        foreach (var property in SettingsReader.Known)
        {
            var start = $"| `{property.Name}` | `--{SettingsReader.FlagOf(property.Name)}` | `{SettingsReader.VariableOf(property.Name)}` |";
            Assert.Contains(rows, row => row.StartsWith(start, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_page_of_settings_explains_every_setting_with_parts()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/configuration.md"));
        foreach (var name in SettingsReader.Structured)
        {
            Assert.Contains($"\n### `{name}`\n", page);
        }
    }

    [Fact]
    public void The_page_of_access_names_every_policy_of_AWS_that_is_there()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/access.md"));
        foreach (var policy in AwsPolicies.All)
        {
            Assert.Contains($"`{policy.Path[1..]}{policy.Name}`", page);
        }
    }

    [Fact]
    public void The_page_of_settings_names_every_quota_with_its_default_and_unit()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/configuration.md"));
        foreach (var limit in Quotas.All)
        {
            var value = limit.Default.ToString(CultureInfo.InvariantCulture);
            Assert.Contains($"| `{limit.Name}` | {value} | {limit.Unit} |\n", page);
        }
    }

    [Fact]
    public void The_page_of_settings_has_the_rates_of_both_profiles() =>
        Holds("docs/configuration.md", "rates", RateTables());

    private static string RateTables()
    {
        var text = new StringBuilder();
        foreach (var profile in new[] { Rates.Aws, Rates.Public })
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"### `{profile}`\n\n| rate | a second | bucket | for each | operations |\n| --- | --- | --- | --- | --- |\n");
            foreach (var rate in Rates.Of(profile, "us-east-1"))
            {
                var operations = rate.Operations.Count > 10 ? $"all {rate.Operations.Count} of the service" : string.Join(", ", rate.Operations);
                var frankfurt = Rates.Of(profile, "eu-central-1").Single(r => r.Name == rate.Name).PerSecond;
                var perSecond = rate.PerSecond < 0.1 ? $"{rate.PerSecond * 86_400:F0} a day"
                    : frankfurt == rate.PerSecond ? $"{rate.PerSecond}{Word(rate.Unit)}"
                    : $"{rate.PerSecond} (eu-central-1: {frankfurt})";
                text.Append(CultureInfo.InvariantCulture, $"| `{rate.Name}` | {perSecond} | {rate.Burst} | {Word(rate.Scope)} | {operations} |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Word(RateScope scope) => scope switch
    {
        RateScope.Account => "server",
        RateScope.AppInstance => "app instance",
        RateScope.User => "user",
        RateScope.Channel => "channel",
        RateScope.PlainChannel => "channel that is not elastic",
        RateScope.ElasticChannel => "elastic channel",
        RateScope.Bearer => "bearer",
        RateScope.Stream => "stream",
        RateScope.Shard => "shard",
        _ => "address",
    };

    private static string Word(RateUnit unit) => unit switch
    {
        RateUnit.Bytes => " bytes",
        RateUnit.Records => " records",
        _ => "",
    };

    private static string Operations()
    {
        var text = new StringBuilder();
        Chime(text, "Chime SDK identity", Catalog.Identity);
        Chime(text, "Chime SDK messaging", Catalog.Messaging);
        Query(text, "IAM", IamService.Service);
        Query(text, "STS", StsService.Service);
        var pools = IdentityPoolsService.Operations;
        text.Append(CultureInfo.InvariantCulture, $"### Cognito identity pools ({pools.Count})\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{string.Join(", ", pools.Select(o => o.Name))}\n\n");
        var streams = KinesisService.Operations;
        text.Append(CultureInfo.InvariantCulture, $"### Kinesis Data Streams ({streams.Count})\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{string.Join(", ", streams.Select(o => o.Name))}\n\n");
        var lambda = LambdaService.Operations;
        text.Append(CultureInfo.InvariantCulture, $"### Lambda ({lambda.Count})\n\n{string.Join(", ", lambda.Select(o => o.Name))}\n\n");
        return text.ToString();
    }

    private static void Chime(StringBuilder text, string service, IReadOnlyList<Operation> operations)
    {
        text.Append(CultureInfo.InvariantCulture, $"### {service} ({operations.Count})\n\n| operation | route | answer | bearer |\n| --- | --- | --- | --- |\n");
        foreach (var operation in operations)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {operation.Name} | {operation.Route.Method} `{operation.Route.Template}` | {operation.Status} | {Word(operation.Bearer)} |\n");
        }

        text.Append('\n');
    }

    private static void Query(StringBuilder text, string name, QueryService service)
    {
        text.Append(CultureInfo.InvariantCulture, $"### {name} ({service.Operations.Count})\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{string.Join(", ", service.Operations.Select(o => o.Name))}\n\n");
    }

    private static string Matrix()
    {
        var text = new StringBuilder(
            "| operation | admin | moderator | member | hidden member | stranger, public | stranger, private |\n| --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var right in Rights.All)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {right.Operation} | {Word(right.Admin)} | {Word(right.Moderator)} | {Word(right.Member)} | {Word(right.Hidden)} | {Word(right.StrangerToPublic)} | {Word(right.StrangerToPrivate)} |\n");
        }

        return text.ToString();
    }

    private static string Word(Bearer bearer) => bearer switch
    {
        Bearer.Required => "yes",
        _ => "–",
    };

    private static string Word(Cell cell) => cell switch
    {
        Cell.Y => "yes",
        Cell.N => "–",
        Cell.Self => "themselves",
        Cell.Open => "if UNRESTRICTED",
        Cell.SelfOrOpen => "themselves; others if UNRESTRICTED",
        _ => "their own",
    };

    private const string CoverageHead = "| operation | answers | since | differs from AWS |\n| --- | --- | --- | --- |\n";

    /// <summary>A row keeps the version that it came with; what is new comes with the version at hand.</summary>
    private static string Coverage()
    {
        var rows = File.ReadAllLines(Path.Combine(Repository.Root, "docs/coverage.md")).Select(l => l.Split(" | ")).Where(r => r.Length == 4)
            .ToLookup(r => r[0][2..], r => r[2]);
        var version = Regex.Match(File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")), "<Version>(.+)</Version>").Groups[1].Value;
        var marks = Marks().Select(m => (m.Sentence, Operation: Path.GetFileNameWithoutExtension(m.Place)))
            .Concat(Contracts.Differences.All.Where(d => d.Operation is not null).Select(d => (Sentence: d.Reason, Operation: d.Operation!))).ToList();
        var served = Catalog.Identity.Union(Catalog.Messaging).Select(o => o.Name).ToHashSet();
        var text = new StringBuilder();
        foreach (var model in new[] { Contracts.ServiceModel.Identity, Contracts.ServiceModel.Messaging })
        {
            var names = model.Operations.Keys.Order(StringComparer.Ordinal).ToList();
            text.Append(CultureInfo.InvariantCulture, $"## {model.Service}: {names.Count(served.Contains)} of {names.Count}\n\n");
            text.Append(CultureInfo.InvariantCulture, $"From {model.Source}.\n\n").Append(CoverageHead);
            foreach (var name in names)
            {
                var since = !served.Contains(name) ? "–" : rows[name].FirstOrDefault(s => s != "–") ?? version;
                var differs = string.Join(" ", marks.Where(m => m.Operation == name).Select(m => m.Sentence));
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {(served.Contains(name) ? "yes" : "no")} | {since} | {(differs.Length == 0 ? "–" : differs)} |\n");
            }

            text.Append('\n');
        }

        text.Append("What differs everywhere:\n\n");
        foreach (var difference in Contracts.Differences.All.Where(d => d.Operation is null))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {difference.Reason}\n");
        }

        return text.Append('\n').ToString();
    }

    /// <summary>What the code marks, and what the contracts list.</summary>
    private static string Differences()
    {
        var text = new StringBuilder();
        foreach (var (sentence, place) in Marks()
            .Concat(Contracts.Differences.All.Select(d => (d.Reason, "src/Carillon.Server/Contracts/Differences.cs")))
            .OrderBy(m => m.Item2, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"- {sentence} (`{place}`)\n");
        }

        return text.ToString();
    }

    /// <summary>The sentences behind <c>Differs from AWS</c> in the code, and the files they stand in.</summary>
    private static IEnumerable<(string Sentence, string Place)> Marks()
    {
        const string mark = "// Differs from AWS: ";
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            var lines = File.ReadAllLines(file);
            for (var i = 0; i < lines.Length; i++)
            {
                var start = lines[i].IndexOf(mark, StringComparison.Ordinal);
                if (start < 0)
                {
                    continue;
                }

                var sentence = lines[i][(start + mark.Length)..];
                while (lines[i + 1].TrimStart().StartsWith("// ", StringComparison.Ordinal))
                {
                    sentence += " " + lines[++i].TrimStart()[3..];
                }

                yield return (
                    $"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}", Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'));
            }
        }
    }

    /// <summary>What stands between <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c>.</summary>
    private static void Holds(string page, string name, string expected)
    {
        var path = Path.Combine(Repository.Root, page);
        var text = File.ReadAllText(path);
        var start = text.IndexOf($"<!-- {name} -->\n", StringComparison.Ordinal) + $"<!-- {name} -->\n".Length;
        var end = text.IndexOf($"<!-- /{name} -->", StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("CARILLON_WRITE_DOCS") == "1")
        {
            text = text[..start] + expected + text[end..];
            File.WriteAllText(path, text);
            end = start + expected.Length;
        }

        Assert.Equal(expected, text[start..end]);
    }
}
