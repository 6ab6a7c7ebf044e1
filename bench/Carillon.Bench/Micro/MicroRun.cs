using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Carillon.Bench.Micro;

/// <summary>Time and, steadier on any machine, bytes allocated for an operation.</summary>
internal static class MicroRun
{
    /// <returns>Zero where every benchmark has a result.</returns>
    public static int Run(BenchOptions options)
    {
        // In this process: what BenchmarkDotNet would generate is no project of ours, and locked restore refuses it.
        var job = (options.IsQuick ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance);
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddExporter(MarkdownExporter.GitHub, JsonExporter.BriefCompressed)
            .AddLogger(ConsoleLogger.Default)
            .WithArtifactsPath(options.Data ?? Path.Combine(Environment.CurrentDirectory, "artifacts", "bench"))
            .WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared))
            .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile);
        var summaries = BenchmarkRunner.Run([typeof(Signatures), typeof(Shapes), typeof(Policies)], config);
        return summaries.All(summary => summary.Reports.All(report => report.Success) && !summary.HasCriticalValidationErrors) ? 0 : 1;
    }
}
