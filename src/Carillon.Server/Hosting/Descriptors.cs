using System.Globalization;

namespace Carillon.Server.Hosting;

/// <summary>
/// How the files that the process may open are shared out. Without one left, the web server can neither accept nor refuse, and
/// spins; so nobody is let in who would take the last.
/// </summary>
/// <param name="Sockets">WebSockets, and requests for one that wait for their answer.</param>
/// <param name="Requests">Connections of the web server that are no sockets, or not yet.</param>
/// <param name="Undecided">Connections that have not said yet what they want, or were refused and have not left.</param>
internal sealed record Descriptors(int Sockets, int Requests, int Undecided)
{
    // Ours, all of them. Own: the database and its readers, listeners, calls to others, the runtime.
    private const int MostRequests = 3_000;
    private const int MostUndecided = 4_096;
    private const int Own = 512;
    private const int FewestSockets = 32;

    /// <param name="limit">Files that may be open; null where the system does not say.</param>
    /// <param name="mostSockets">As set.</param>
    /// <exception cref="SettingException">There are too few to serve anybody.</exception>
    public static Descriptors Share(long? limit, int mostSockets)
    {
        if (limit is not { } files || files >= mostSockets + MostRequests + MostUndecided + Own)
        {
            return new(mostSockets, MostRequests, MostUndecided);
        }

        var part = files / 8;
        var (requests, undecided) = ((int)Math.Min(MostRequests, part), (int)Math.Min(MostUndecided, part));
        var sockets = Math.Min(mostSockets, files - requests - undecided - Math.Min(Own, 2 * part));
        return sockets >= FewestSockets
            ? new((int)sockets, requests, undecided)
            : throw new SettingException(
                $"The process may open {files} files, which is too few. Raise the limit (ulimit -n, LimitNOFILE): "
                + $"{mostSockets + MostRequests + MostUndecided + Own} serve all that the settings allow.");
    }

    /// <summary>Files that this process may open; null where the system does not say, or sets no limit.</summary>
    public static long? Limit()
    {
        const string Name = "Max open files";
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal));
            return line?[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..]
                && long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                    ? limit
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
