using System.Globalization;

namespace Carillon.Bench;

/// <param name="Users">Users made, each with a membership of one elastic channel. Default 100,000.</param>
/// <param name="Connections">Requests at a time, each on a connection of its own. Default 64.</param>
/// <param name="Data">
/// Folder of the server's data; a temporary one, removed afterwards, where it is left out. Of micro, where its reports go.
/// </param>
/// <param name="IsQuick">Few rounds of each micro benchmark.</param>
internal sealed record BenchOptions(string Mode, int Users, int Connections, string? Data, bool IsQuick)
{
    public static BenchOptions Read(string[] args)
    {
        string? Of(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
        int Number(string name, int other) => Of(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : other;
        return new(
            args.Length > 0 ? args[0] : "", Number("--users", 100_000), Number("--connections", 64), Of("--data"), args.Contains("--quick"));
    }
}
