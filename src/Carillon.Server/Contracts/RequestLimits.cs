using System.Collections.Frozen;
using System.Diagnostics;
using Carillon.Server.Http;
using Carillon.Wire;
using Microsoft.Extensions.Primitives;

namespace Carillon.Server.Contracts;

/// <summary>
/// What the service model asks of an operation's requests: which members must be there, of which type, how long, of which
/// pattern. Compiled from the data at start; a request that keeps to it is checked in one pass without allocating, but for
/// the keys of maps.
/// </summary>
internal sealed class RequestLimits
{
    private static readonly FrozenDictionary<string, RequestLimits> All = CompileAll();

    private static readonly ShapeCompiler KinesisShapes = new(ServiceModel.Kinesis.Shapes);

    private readonly Outside[] _outside;
    private readonly StructureShape? _body;

    private RequestLimits(Outside[] outside, StructureShape? body)
    {
        _outside = outside;
        _body = body;
    }

    /// <summary>Every operation of the two models, served or not.</summary>
    public static IEnumerable<string> Operations => All.Keys;

    /// <exception cref="ArgumentException">The models have no such operation.</exception>
    public static RequestLimits Of(string operation) => All.GetValueOrDefault(operation)
        ?? throw new ArgumentException($"The service models have no operation {operation}.", nameof(operation));

    /// <summary>Those of an operation of Kinesis, whose requests are bodies alone. To be asked for at start.</summary>
    /// <exception cref="ArgumentException">The model has no such operation.</exception>
    public static RequestLimits OfKinesis(string operation) =>
        ServiceModel.Kinesis.Operations.TryGetValue(operation, out var found)
            ? Compile(operation, found, KinesisShapes)
            : throw new ArgumentException($"The service model has no operation {operation}.", nameof(operation));

    /// <summary>Everything in a body that breaks a limit, in one sentence that quotes no value; null where all hold.</summary>
    /// <exception cref="ApiException">BadRequest: something cannot be read as what it should be.</exception>
    public string? Broken(ReadOnlySpan<byte> body)
    {
        var walk = new Walk(body);
        try
        {
            walk.Document(_body ?? StructureShape.Empty, isAbsent: false);
            return walk.Broken;
        }
        finally
        {
            walk.Dispose();
        }
    }

    /// <summary>Holds path, query, bearer and body against the limits.</summary>
    /// <param name="target">Of a request that matched the operation's route.</param>
    /// <param name="bearer">The one member that the models put into a header, however often it is there.</param>
    /// <param name="body">JSON in UTF-8; empty where there is none. Ignored by operations that take none.</param>
    /// <exception cref="ApiException">
    /// BadRequest: the first thing that cannot be read as what it should be, or else everything that breaks a limit, in one
    /// sentence. No value is quoted.
    /// </exception>
    public void Check(RawTarget target, StringValues bearer, ReadOnlySpan<byte> body)
    {
        var walk = new Walk(body);
        try
        {
            foreach (var member in _outside)
            {
                member.Check(target, bearer, ref walk);
            }

            if (_body is not null)
            {
                walk.Document(_body, isAbsent: body.Length == 0);
            }
        }
        finally
        {
            walk.Dispose();
        }

        if (walk.Broken is { } broken)
        {
            throw new ApiException(ApiError.BadRequest, broken);
        }
    }

    private static FrozenDictionary<string, RequestLimits> CompileAll()
    {
        // Tags are in both models, and the same in both.
        var all = new Dictionary<string, RequestLimits>(StringComparer.Ordinal);
        foreach (var model in new[] { ServiceModel.Identity, ServiceModel.Messaging })
        {
            var shapes = new ShapeCompiler(model.Shapes);
            foreach (var (name, operation) in model.Operations)
            {
                all[name] = Compile(name, operation, shapes);
            }
        }

        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static RequestLimits Compile(string name, ModelOperation operation, ShapeCompiler shapes)
    {
        var path = operation.Route[(operation.Route.IndexOf('/', StringComparison.Ordinal) + 1)..].Split('?')[0].Split('/');
        var outside = new List<Outside>();
        var inside = new List<ShapeMember>();
        foreach (var (memberName, given) in operation.Members)
        {
            var required = Differences.IsRequired(name, memberName, given.Required);
            var member = new ShapeMember(memberName, shapes.Of(given.Shape), required);
            if (given.In is null)
            {
                inside.Add(member);
            }
            else
            {
                Debug.Assert(given.In != "header" || given.As == Call.BearerHeader, "No model has another header.");
                outside.Add(new(member, given.In, given.As!, Array.IndexOf(path, $"{{{given.As}}}")));
            }
        }

        return new([.. outside], inside.Count > 0 ? new(inside) : null);
    }

    /// <summary>A member that stands in path, query or header.</summary>
    private sealed class Outside(ShapeMember member, string place, string name, int segment)
    {
        public void Check(RawTarget target, StringValues bearer, ref Walk walk)
        {
            var text = place switch
            {
                "path" => target.Segment(segment)
                    ?? throw new ApiException(ApiError.BadRequest, $"The path holds a malformed escape at '{name}'."),
                "query" => target.Query(name),
                _ => Header(bearer),
            };
            walk.Enter(member.Name);
            if (text is not null)
            {
                ((IPlainShape)member.Shape).Check(text, name, ref walk);
            }
            else if (member.Required)
            {
                walk.IsNull();
            }

            walk.Leave();
        }

        private string? Header(StringValues values) => values.Count > 1
            ? throw new ApiException(ApiError.BadRequest, $"The header {name} may be there once.")
            : string.IsNullOrEmpty(values) ? null : values[0];
    }
}
