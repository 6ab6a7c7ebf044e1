using Carillon.Core.Access;
using Carillon.Core.Identity;

namespace Carillon.Core.Channels;

/// <summary>What a channel's members must be to be found.</summary>
/// <param name="Exactly">These and nobody else; otherwise these, whoever else there is.</param>
/// <param name="Members">Null stands for what names nobody.</param>
public sealed record MemberSearch(bool Exactly, IReadOnlyList<PersonAddress?> Members);

/// <summary>
/// Channels found by who is in them: the bearer's own, for administrators all of the app instance. Hidden members neither
/// count nor are found, because a search must not tell what a list does not.
/// </summary>
/// <remarks>
/// Everyone named must be a member, so the channels of whoever has the fewest memberships hold every match, and those are
/// walked by index. Nothing depends on how many channels there are.
/// </remarks>
public static class Searching
{
    /// <summary>Rows that are looked at for one page; what is left is for the next. Ours: some tens of milliseconds.</summary>
    public const int MostLooks = 5_000;

    private const int Batch = 100;

    /// <param name="searches">All must hold.</param>
    public static Page<Channel> Search(
        IView view, PersonAddress bearer, IReadOnlyList<MemberSearch> searches, int size, long? after)
    {
        var me = Standing.BearerOf(view, bearer);
        var named = searches.SelectMany(s => s.Members).Distinct().ToList();
        var people = named.Select(who => who?.AppId == me.AppId ? view.FindPerson(who.Value) : null).ToList();
        if (people.Contains(null) || searches.Any(s => s.Exactly && s.Members.Distinct().Count() != named.Count))
        {
            return new([], null);
        }

        var wanted = people.Select(p => new Wanted(p!.Key, Hidden: false, view.CountMemberships(p.Key))).ToList();
        if (!named.Contains(me.Address) && view.FindAdmin(me.App, me.Key) is null)
        {
            wanted.Add(new(me.Key, Hidden: true, view.CountMemberships(me.Key)));
        }

        // A channel key is the place in anybody's list, so it does no harm when another's is the shortest by the next page.
        wanted.Sort((x, y) => x.Memberships.CompareTo(y.Memberships));
        long? members = searches.Any(s => s.Exactly) ? named.Count : null;
        return Walk(view, me.Key, wanted[0], wanted[1..], members, size, after ?? 0);
    }

    private sealed record Wanted(UserKey User, bool Hidden, long Memberships);

    private static Page<Channel> Walk(
        IView view, UserKey reader, Wanted first, List<Wanted> others, long? members, int size, long after)
    {
        var found = new List<ChannelKey>(size);
        var looks = 0;
        while (true)
        {
            var channels = view.ListChannelsOf(first.User, first.Hidden, after, Batch);
            foreach (var (channel, count) in channels)
            {
                if (looks >= MostLooks)
                {
                    return Found(after);
                }

                looks++;
                if ((members ?? count) == count && others.TrueForAll(IsIn))
                {
                    if (found.Count == size)
                    {
                        return Found(found[^1].Value);
                    }

                    found.Add(channel);
                }

                after = channel.Value;

                bool IsIn(Wanted other)
                {
                    looks++;
                    return view.IsMember(channel, other.User, other.Hidden);
                }
            }

            if (channels.Count < Batch)
            {
                return Found(null);
            }
        }

        Page<Channel> Found(long? next) => new([.. found.Select(key => view.FindSeenChannel(key, reader)!)], next);
    }
}
