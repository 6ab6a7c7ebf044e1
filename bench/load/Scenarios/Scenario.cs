namespace Carillon.Load.Scenarios;

/// <param name="Key">Of the figures.</param>
/// <param name="Format">Of .NET, for numbers.</param>
/// <param name="WithRange">Shows the lowest and highest too.</param>
internal sealed record Column(string Key, string Title, string Format, bool WithRange = false);

/// <param name="What">One or two sentences for whoever reads the table.</param>
/// <param name="Servers">In the order of the table. Those that are absent here are named.</param>
/// <param name="Baseline">The server that others are held against by <paramref name="Ratio"/>; null for none.</param>
/// <param name="Ratio">The figure.</param>
/// <param name="Run">One run against one of the servers.</param>
internal sealed record Scenario(
    string Name, string What, IReadOnlyList<string> Servers, string? Baseline, string Ratio, IReadOnlyList<Column> Columns,
    Func<Setting, string, Task<Figures>> Run);
