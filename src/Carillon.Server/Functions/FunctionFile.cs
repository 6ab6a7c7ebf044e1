using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Core.Functions;
using Carillon.Functions;
using Carillon.Server.Http.LambdaProtocol;
using Carillon.Server.Operations.Lambda;

namespace Carillon.Server.Functions;

/// <summary>A function in the settings file: as CreateFunction takes it, with a folder in place of a zip.</summary>
/// <param name="Folder">As seen from the file.</param>
/// <param name="Role">Null for a function without credentials.</param>
internal sealed record FunctionEntry(
    string? FunctionName, string? Runtime, string? Handler, string? Folder, string? Role, string? Description, int? Timeout, int? MemorySize,
    EnvironmentShape? Environment);

internal sealed record FunctionEntries(IReadOnlyList<FunctionEntry>? Functions);

/// <summary>
/// Functions of a settings file, read again when the file or one of the folders changes. A folder is copied to where functions may
/// read it, so a process never sees a half-written change.
/// </summary>
internal sealed class FunctionFile(string path, string copies)
{
    private readonly Dictionary<string, (string Stamp, KnownFunction Known)> _known = new(StringComparer.Ordinal);
    private string _stamp = "";
    private int _copy;

    /// <summary>Reads it where it has changed; null where it has not.</summary>
    /// <exception cref="InvalidDataException">It cannot be used; the sentence says why. What was read before holds on.</exception>
    public IReadOnlyDictionary<string, KnownFunction>? Read(DateTimeOffset now)
    {
        if (!File.Exists(path))
        {
            return _stamp.Length == 0 ? null : Take([], "");
        }

        try
        {
            var text = File.ReadAllBytes(path);
            var entries = JsonSerializer.Deserialize(text, FunctionFileJson.Default.FunctionEntries)?.Functions ?? [];
            var stamps = entries.Select(e => StampOf(FolderOf(e))).ToList();
            var stamp = Hash($"{Convert.ToHexString(SHA256.HashData(text))} {string.Join(' ', stamps)}");
            if (stamp == _stamp)
            {
                return null;
            }

            // A change that cannot be used is told once.
            _stamp = stamp;
            var known = new Dictionary<string, KnownFunction>(StringComparer.Ordinal);
            foreach (var (entry, of) in entries.Zip(stamps))
            {
                var function = Make(entry, Hash(JsonSerializer.Serialize(entry, FunctionFileJson.Default.FunctionEntry) + of), now);
                if (!known.TryAdd(function.Function.Name, function))
                {
                    throw new InvalidDataException($"{path} names the function {function.Function.Name} twice.");
                }
            }

            return Take(known, stamp);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or LambdaFault)
        {
            throw new InvalidDataException($"{path} cannot be used: {e.Message}", e);
        }
    }

    private Dictionary<string, KnownFunction> Take(Dictionary<string, KnownFunction> known, string stamp)
    {
        _stamp = stamp;

        // What is no longer named is copied anew when it is: its folder goes.
        foreach (var gone in _known.Keys.Where(name => !known.ContainsKey(name)).ToList())
        {
            _known.Remove(gone);
        }

        return known;
    }

    private string FolderOf(FunctionEntry entry) => Path.GetFullPath(Path.Combine(
        Path.GetDirectoryName(Path.GetFullPath(path))!,
        entry.Folder ?? throw new InvalidDataException($"{path}: the function {entry.FunctionName} needs a Folder.")));

    private KnownFunction Make(FunctionEntry entry, string stamp, DateTimeOffset now)
    {
        if (entry.FunctionName is not { } name || !FunctionName.IsName(name))
        {
            throw new InvalidDataException($"{path}: a FunctionName is 1 to 64 letters, digits, hyphens and underscores.");
        }

        if (_known.TryGetValue(name, out var before) && before.Stamp == stamp)
        {
            return before.Known;
        }

        var settings = FunctionChecks.Settings(entry.Runtime, entry.Handler, entry.Role ?? "", entry.Description, entry.Timeout, entry.MemorySize);
        var variables = entry.Environment?.Variables ?? new Dictionary<string, string>();
        FunctionChecks.RequireVariables(variables);
        Directory.CreateDirectory(copies);
        var folder = Path.Combine(copies, $"{name}-{++_copy}");
        var size = CodeStore.Copy(FolderOf(entry), folder);
        var at = Instant.Of(now);
        var code = new FunctionCode(Convert.ToBase64String(Convert.FromHexString(stamp)), size);
        var known = new KnownFunction(new(-1, name, settings, null, code, stamp, null, at, at), variables, folder);
        _known[name] = (stamp, known);
        return known;
    }

    /// <summary>Changes with any file, without those of packages, which are many and stay.</summary>
    private static string StampOf(string folder)
    {
        var text = new StringBuilder();
        Add(new DirectoryInfo(folder));
        return Hash(text.ToString());

        void Add(DirectoryInfo at)
        {
            foreach (var item in at.EnumerateFileSystemInfos().OrderBy(i => i.FullName, StringComparer.Ordinal))
            {
                text.Append(item.FullName).Append(' ').Append(item.LastWriteTimeUtc.Ticks).Append('\n');
                if (item is DirectoryInfo inner && inner.LinkTarget is null && inner.Name != "node_modules")
                {
                    Add(inner);
                }
            }
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

[JsonSourceGenerationOptions(
    ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(FunctionEntries))]
internal sealed partial class FunctionFileJson : JsonSerializerContext;
