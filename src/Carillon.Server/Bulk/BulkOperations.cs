using System.Text;
using Carillon.Server.Http;
using Carillon.Server.Operations.Channels;
using Carillon.Server.Operations.Identity;
using Carillon.Server.Operations.Memberships;
using Carillon.Server.Operations.Moderation;
using Carillon.Wire;

namespace Carillon.Server.Bulk;

/// <summary>
/// The operations that may stand in a bulk request: those that set an app instance up and clear it away. Each does its
/// whole work in one change, so the order of the lines is the order of the changes. Sending is none of them: it may wait
/// for a processor.
/// </summary>
internal static class BulkOperations
{
    private static readonly Dictionary<string, BulkOperation> _byName = new Operation[]
    {
        CreateAppInstanceUser.Operation, UpdateAppInstanceUser.Operation, DeleteAppInstanceUser.Operation,
        CreateAppInstanceAdmin.Operation, DeleteAppInstanceAdmin.Operation,
        CreateChannel.Operation, UpdateChannel.Operation, DeleteChannel.Operation,
        CreateChannelMembership.Operation, BatchCreateChannelMembership.Operation, DeleteChannelMembership.Operation,
        CreateChannelModerator.Operation, DeleteChannelModerator.Operation,
        CreateChannelBan.Operation, DeleteChannelBan.Operation,
    }.ToDictionary(o => o.Name, o => new BulkOperation(o), StringComparer.Ordinal);

    public static IReadOnlyCollection<BulkOperation> All => _byName.Values;

    public static BulkOperation? Find(string name) => _byName.GetValueOrDefault(name);
}

/// <summary>
/// Where the members of an item stand in the request that it is short for. The service models are regular: a label of the
/// path is the member's name with a small first letter, a parameter of the query is the name in kebab case, and what is
/// in neither stands in the body. A test holds this against the models.
/// </summary>
internal sealed class BulkOperation
{
    private readonly (string Text, bool IsLabel)[] _path;
    private readonly string _selector;

    public BulkOperation(Operation operation)
    {
        Operation = operation;
        var mark = operation.Route.Template.IndexOf('?', StringComparison.Ordinal);
        _selector = mark < 0 ? "" : operation.Route.Template[mark..];
        _path =
        [
            .. (mark < 0 ? operation.Route.Template : operation.Route.Template[..mark])[1..].Split('/')
                .Select(s => s.StartsWith('{') ? (char.ToUpperInvariant(s[1]) + s[2..^1], true) : (s, false)),
        ];
        HasBody = operation.Route.Method != HttpMethods.Delete;
    }

    public Operation Operation { get; }

    /// <summary>Otherwise members beside the path's stand in the query.</summary>
    public bool HasBody { get; }

    public bool IsLabel(string member) => Array.Exists(_path, part => part.IsLabel && part.Text == member);

    /// <summary><c>SubChannelId</c> as <c>sub-channel-id</c>.</summary>
    public static string InQuery(string member)
    {
        var name = new StringBuilder();
        foreach (var letter in member)
        {
            if (char.IsAsciiLetterUpper(letter) && name.Length > 0)
            {
                name.Append('-');
            }

            name.Append(char.ToLowerInvariant(letter));
        }

        return name.ToString();
    }

    /// <param name="members">Those that stand outside the body, by name. A label that is missing stays empty.</param>
    public RawTarget Target(IReadOnlyDictionary<string, string> members)
    {
        var target = new StringBuilder(256);
        foreach (var (text, isLabel) in _path)
        {
            target.Append('/').Append(isLabel ? Uri.EscapeDataString(members.GetValueOrDefault(text, "")) : text);
        }

        target.Append(_selector);
        if (!HasBody)
        {
            var mark = _selector.Length == 0 ? '?' : '&';
            foreach (var (name, value) in members.Where(m => !IsLabel(m.Key)))
            {
                target.Append(mark).Append(InQuery(name)).Append('=').Append(Uri.EscapeDataString(value));
                mark = '&';
            }
        }

        return RawTarget.Parse(target.ToString())!;
    }
}
