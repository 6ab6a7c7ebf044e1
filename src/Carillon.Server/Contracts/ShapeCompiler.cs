namespace Carillon.Server.Contracts;

/// <summary>Turns a model's shapes into checks, each once.</summary>
internal sealed class ShapeCompiler(IReadOnlyDictionary<string, ModelShape> shapes)
{
    private readonly Dictionary<string, Shape> _done = new(StringComparer.Ordinal);

    /// <exception cref="NotSupportedException">A type or pattern that no model had before.</exception>
    public Shape Of(string name)
    {
        if (!_done.TryGetValue(name, out var shape))
        {
            _done[name] = shape = Compile(name, shapes[name]);
        }

        return shape;
    }

    private Shape Compile(string name, ModelShape shape)
    {
        var least = shape.Min ?? 0;
        var most = shape.Max ?? int.MaxValue;
        return shape.Type switch
        {
            "string" => new TextShape(
                least, most, shape.Pattern is null || Differences.TakesAnyText(name) ? null : Patterns.Of(shape.Pattern), shape.Enum),
            "integer" => new IntegerShape(shape.Min ?? int.MinValue, most),
            "boolean" => new BooleanShape(),
            "timestamp" => new TimestampShape(),
            "blob" => new BlobShape(most),
            "list" => new ListShape(least, most, Of(shape.Of!)),
            "map" => new MapShape(least, most, (TextShape)Of(shape.Key!), Of(shape.Value!)),
            "structure" => new StructureShape([.. shape.Members!.Select(m => new ShapeMember(m.Key, Of(m.Value.Shape), m.Value.Required))]),
            _ => throw new NotSupportedException($"{name} is a {shape.Type}."),
        };
    }
}
