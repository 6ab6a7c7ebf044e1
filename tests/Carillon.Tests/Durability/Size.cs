using System.Globalization;

namespace Carillon.Tests.Durability;

/// <summary>
/// How much an experiment does. Every run of the tests does the usual size; <c>DURABILITY=full</c> does the full one, and
/// <c>DURABILITY_NAME=number</c> one of a size of its own.
/// </summary>
internal static class Size
{
    /// <summary>Of whatever an experiment chooses at random; <c>DURABILITY_SEED</c>.</summary>
    public static int Seed => Own("SEED") ?? 20_261_121;

    public static int Of(string name, int usual, int full) =>
        Own(name) ?? (Environment.GetEnvironmentVariable("DURABILITY") == "full" ? full : usual);

    private static int? Own(string name) =>
        Environment.GetEnvironmentVariable("DURABILITY_" + name) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : null;
}
