using System.Text.Json.Nodes;
using Carillon.Load.Counting;

namespace Carillon.Load;

/// <summary>What a run came to: numbers by name, in the order in which they were put.</summary>
internal sealed class Figures
{
    private readonly JsonObject _values;

    public Figures() => _values = [];

    /// <param name="values">As they were written down.</param>
    public Figures(JsonObject values) => _values = values;

    public Figures Put(string name, double value)
    {
        _values[name] = double.IsFinite(value) ? Math.Round(value, 4) : null;
        return this;
    }

    /// <summary>What was lost and what came wrong.</summary>
    public Figures Put(Audience audience) => Put(Lost, audience.Expected - audience.Delivered)
        .Put(Repeated, audience.Repeated).Put(Strayed, audience.Strayed).Put(OutOfOrder, audience.OutOfOrder);

    public double? Of(string name) => (double?)_values[name];

    /// <summary>Messages that were lost, came twice, came to the wrong room, or came in the wrong order where one is promised.</summary>
    public double Wrong => (Of(Lost) ?? 0) + (Of(Repeated) ?? 0) + (Of(Strayed) ?? 0) + (Of(OutOfOrder) ?? 0);

    public const string Lost = "lost";
    public const string Repeated = "repeated";
    public const string Strayed = "strayed";
    public const string OutOfOrder = "out_of_order";

    public JsonObject Json => _values;
}
