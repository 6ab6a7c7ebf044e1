using Carillon.Core.Access;
using Carillon.Core.Iam;
using Carillon.Server.Http.QueryProtocol;

namespace Carillon.Server.Operations.Access;

// AWS's own policies come first, then the account's in the order in which they were made.
internal static class ListPolicies
{
    public static readonly QueryOperation Operation = new(
        "ListPolicies",
        ["Scope", "OnlyAttached", "PathPrefix", "PolicyUsageFilter", "Marker", "MaxItems"],
        new Permission("iam:ListPolicies", _ => AccessTarget.Anything),
        Handle);

    private static Task<Action<XmlAnswer>?> Handle(QueryCall call)
    {
        var must = new Checks(call.Form);
        var scope = must.Word("Scope", "All", "AWS", "Local") ?? "All";
        var onlyAttached = must.Truth("OnlyAttached");
        var prefix = must.Optional("PathPrefix", 1, 512, Alphabet.PolicyPath) ?? "/";
        var isBoundary = must.Word("PolicyUsageFilter", "PermissionsPolicy", "PermissionsBoundary") == "PermissionsBoundary";
        var size = Marker.Items(must);
        must.Done();

        var after = Marker.Read(call.Form) ?? 0;
        var (items, next) = call.Room.Store.Read(view =>
        {
            // Nothing is used as a boundary.
            if (isBoundary)
            {
                return ([], null);
            }

            var found = new List<(ManagedPolicy Policy, long Attachments)>();
            var position = after;
            if (scope != "Local")
            {
                while (position < AwsPolicies.All.Count && found.Count < size)
                {
                    Add(AwsPolicies.All[(int)position++]);
                }
            }

            if (position < AwsPolicies.All.Count && scope != "Local")
            {
                return (found, position);
            }

            if (scope == "AWS")
            {
                return (found, null);
            }

            var key = Math.Max(0, position - AwsPolicies.All.Count);
            if (found.Count == size)
            {
                // Whether there is another page only a look ahead tells.
                var more = view.ListStoredPolicies(prefix, onlyAttached, 1, key).Items.Count > 0;
                return (found, more ? AwsPolicies.All.Count + key : null);
            }

            var page = view.ListStoredPolicies(prefix, onlyAttached, size - found.Count, key);
            foreach (var policy in page.Items)
            {
                found.Add((policy, view.CountAttachments(policy.Arn)));
            }

            return (found, page.Next is { } last ? AwsPolicies.All.Count + last : (long?)null);

            void Add(ManagedPolicy policy)
            {
                var attachments = view.CountAttachments(policy.Arn);
                if (policy.Path.StartsWith(prefix, StringComparison.Ordinal) && (!onlyAttached || attachments > 0))
                {
                    found.Add((policy, attachments));
                }
            }
        });
        return Task.FromResult<Action<XmlAnswer>?>(xml =>
        {
            xml.List("Policies", items, (member, item) => IamService.Write(member, item.Policy, item.Attachments, whole: false));
            Marker.Write(xml, next);
        });
    }
}
