using System.Text.Json;
using Carillon.Core.Gateway;

namespace Carillon.Server.Gateway;

/// <summary>The models that a route holds its messages against.</summary>
internal sealed class RequestModels
{
    private readonly SelectionExpression _selection;
    private readonly Dictionary<string, JsonSchema> _schemas;

    private RequestModels(SelectionExpression selection, Dictionary<string, JsonSchema> schemas) => (_selection, _schemas) = (selection, schemas);

    /// <summary>Null where the route validates nothing.</summary>
    /// <exception cref="FormatException">A model is not there, or its schema cannot be used.</exception>
    public static RequestModels? Of(RouteDefinition route, IReadOnlyList<ModelDefinition> models)
    {
        if (route.ModelSelectionExpression is not { Length: > 0 } expression || route.RequestModels is not { Count: > 0 } chosen)
        {
            return null;
        }

        return new(SelectionExpression.Parse(expression), chosen.ToDictionary(
            c => c.Key,
            c => JsonSchema.Parse((models.FirstOrDefault(m => m.Name == c.Value)
                ?? throw new FormatException($"The model {c.Value} of the route {route.RouteKey} is not there.")).Schema ?? "{}"),
            StringComparer.Ordinal));
    }

    /// <summary>Whether the message may go on. One that selects no model is held against <c>$default</c>'s, where there is one.</summary>
    // Differs from AWS: request models hold for proxy integrations of WebSocket APIs too; there they are checked for others alone.
    public bool Allows(ReadOnlyMemory<byte> message)
    {
        if (!_schemas.TryGetValue(_selection.Evaluate(message), out var schema) && !_schemas.TryGetValue(CompiledStage.Default, out schema))
        {
            return true;
        }

        try
        {
            using var document = JsonDocument.Parse(message);
            return schema.Allows(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
