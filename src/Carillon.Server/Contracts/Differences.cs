namespace Carillon.Server.Contracts;

/// <summary>A place where this server asks more or less of a request than the service models do.</summary>
/// <param name="Operation">Null: wherever the shape is used.</param>
/// <param name="Name">Of the operation's member, or of the shape.</param>
/// <param name="Required">Instead of the model's word; null where that stands.</param>
/// <param name="AnyText">The model's pattern is not asked for.</param>
/// <param name="Reason">For the reader who knows AWS; the documents print it.</param>
internal sealed record Difference(string? Operation, string Name, bool? Required, bool AnyText, string Reason);

/// <summary>All of them. The engine reads nothing else beside the models.</summary>
internal static class Differences
{
    public static IReadOnlyList<Difference> All { get; } =
    [
        new(
            null, "Metadata", Required: null, AnyText: true,
            "Metadata may hold line breaks, because callers print their JSON with them; the model's pattern excludes them."),
        new(
            "CreateChannelMembership", "Type", Required: false, AnyText: false,
            "Type may be left out of a membership and is DEFAULT then: the model requires it, and AWS's own examples omit it."),
    ];

    public static bool IsRequired(string operation, string member, bool inModel) =>
        All.FirstOrDefault(d => d.Operation == operation && d.Name == member)?.Required ?? inModel;

    public static bool TakesAnyText(string shape) => All.Any(d => d.Operation is null && d.Name == shape && d.AnyText);
}
