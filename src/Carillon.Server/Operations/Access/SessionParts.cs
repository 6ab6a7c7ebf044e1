using System.Text;
using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Access;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

/// <summary>What the operations of STS that give out sessions have in common.</summary>
internal static class SessionParts
{
    /// <summary>Parameters of session policies.</summary>
    public static readonly string[] FilterParameters = ["Policy", "PolicyArns"];

    /// <summary>Bytes of session policies and tags together. AWS packs them and names no figure; ours.</summary>
    private const int LongestPacked = 4096;

    private const int MostPolicyArns = 10;

    public static SessionFilter Filter(Checks must, QueryForm form)
    {
        var policy = must.Optional("Policy", 1, 2048, Alphabet.Any);
        var arns = form.Structures("PolicyArns").Select(fields => fields.GetValueOrDefault("arn", "")).ToList();
        for (var i = 0; i < arns.Count; i++)
        {
            must.Length(arns[i], $"policyArns.{i + 1}.member.arn", 20, 2048);
        }

        if (arns.Count > MostPolicyArns)
        {
            must.Fails("[...]", "policyArns", $"Member must have length less than or equal to {MostPolicyArns}");
        }

        return new(policy, arns);
    }

    /// <summary>Refuses policies that mean nothing.</summary>
    /// <remarks>AWS leaves open what it answers about an ARN of no policy; ours is that it is invalid.</remarks>
    /// <exception cref="MalformedPolicyException">The policy.</exception>
    /// <exception cref="QueryFault">The ARN of a policy that is not there.</exception>
    public static void Require(SessionFilter filter, AccessRoom room)
    {
        if (filter.Policy is not null)
        {
            Policy.Parse(filter.Policy);
        }

        foreach (var arn in filter.PolicyArns)
        {
            if (room.Catalog.FindPolicy(arn) is null)
            {
                throw QueryFault.Invalid($"{arn} is invalid");
            }
        }
    }

    /// <summary>Seconds asked for, within what the role allows; an hour where none are asked for.</summary>
    public static TimeSpan Duration(int? seconds, Role role)
    {
        var duration = TimeSpan.FromSeconds(seconds ?? 3600);
        return duration <= role.LongestSession
            ? duration
            : throw QueryFault.Invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    }

    /// <summary>When a session ends that begins now: a whole second.</summary>
    public static DateTimeOffset End(DateTimeOffset issued, TimeSpan duration) =>
        DateTimeOffset.FromUnixTimeSeconds((issued + duration).ToUnixTimeSeconds());

    /// <summary>How much of the room for policies and tags is used, in percent, rounded up.</summary>
    public static long Packed(SessionFilter filter, IReadOnlyList<SessionTag> tags)
    {
        var bytes = Encoding.UTF8.GetByteCount(filter.Policy ?? "") + filter.PolicyArns.Sum(Encoding.UTF8.GetByteCount)
            + tags.Sum(t => Encoding.UTF8.GetByteCount(t.Key) + Encoding.UTF8.GetByteCount(t.Value));
        return bytes <= LongestPacked
            ? (bytes * 100L + LongestPacked - 1) / LongestPacked
            : throw new QueryFault(
                400, "PackedPolicyTooLarge", $"Packed size of session tags and policy consumes {bytes * 100L / LongestPacked}% of allotted space.");
    }

    public static void WriteRole(XmlAnswer xml, RoleSession session, AccessRoom room) => xml
        .Group("AssumedRoleUser", user => user
            .Text("AssumedRoleId", $"{session.RoleId}:{session.Name}")
            .Text("Arn", room.Account.SessionArn(session)));

    public static void WriteCredentials(XmlAnswer xml, IamSession session, AccessRoom room) => xml
        .Group("Credentials", credentials => credentials
            .Text("AccessKeyId", session.AccessKeyId)
            .Text("SecretAccessKey", room.Tokens.SecretOf(session.AccessKeyId))
            .Text("SessionToken", room.Tokens.Seal(session))
            .Time("Expiration", session.Expires));

    /// <summary>Absent where nothing is packed, as AWS answers.</summary>
    public static void WritePacked(XmlAnswer xml, long packed)
    {
        if (packed > 0)
        {
            xml.Number("PackedPolicySize", packed);
        }
    }

    /// <exception cref="QueryFault">Two keys that differ in case at most.</exception>
    public static void RequireDistinct(IReadOnlyList<(string Key, string Value)> tags)
    {
        if (tags.DistinctBy(t => t.Key, StringComparer.OrdinalIgnoreCase).Count() < tags.Count)
        {
            throw new QueryFault(
                400, "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
        }
    }
}
