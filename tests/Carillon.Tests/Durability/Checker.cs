namespace Carillon.Tests.Durability;

/// <summary>A message as its sender saw it. Times are ticks of one monotonic clock; <c>Acked</c> is null where it never heard.</summary>
internal sealed record Sent(string Channel, string Content, long Begun, long? Acked, string? MessageId);

/// <summary>A message as history shows it.</summary>
internal sealed record Stored(string MessageId, string Content);

/// <summary>A message as a session received it.</summary>
internal sealed record Received(string Channel, string MessageId, long Sequence);

/// <summary>
/// Judges by what clients wrote down and what history says. It knows nothing of the server: every content is sent once
/// and serves as the message's name.
/// </summary>
internal static class Checker
{
    /// <summary>One line for each promise that was broken; none where all were kept.</summary>
    /// <param name="sent">Everything that was ever attempted.</param>
    /// <param name="history">Each channel's messages, oldest first.</param>
    /// <param name="sessions">What each session received, from its first frame to its end.</param>
    public static List<string> Check(
        IReadOnlyCollection<Sent> sent, IReadOnlyDictionary<string, List<Stored>> history, IEnumerable<List<Received>> sessions)
    {
        var faults = new List<string>();
        foreach (var (channel, stored) in history)
        {
            var attempts = sent.Where(s => s.Channel == channel).ToDictionary(s => s.Content);
            faults.AddRange(Lost(attempts, stored));
            faults.AddRange(NeverSent(attempts, stored));
            faults.AddRange(Repeated(stored));
            faults.AddRange(OutOfOrder(attempts, stored));
        }

        faults.AddRange(sessions.SelectMany((received, i) => Gaps($"session {i}", received, history)));
        return faults;
    }

    private static IEnumerable<string> Lost(Dictionary<string, Sent> attempts, List<Stored> stored)
    {
        var there = stored.Select(s => (s.MessageId, s.Content)).ToHashSet();
        return attempts.Values
            .Where(s => s.Acked is not null && !there.Contains((s.MessageId!, s.Content)))
            .Select(s => $"lost: {s.Content} was acknowledged as {s.MessageId}");
    }

    private static IEnumerable<string> NeverSent(Dictionary<string, Sent> attempts, List<Stored> stored) =>
        stored.Where(s => !attempts.ContainsKey(s.Content)).Select(s => $"never sent: {s.Content}");

    private static IEnumerable<string> Repeated(List<Stored> stored) =>
        stored.GroupBy(s => s.Content).Concat(stored.GroupBy(s => s.MessageId)).Where(g => g.Count() > 1)
            .Select(g => $"repeated: {g.Key} is there {g.Count()} times");

    /// <summary>What was acknowledged before something else was begun comes before it.</summary>
    private static IEnumerable<string> OutOfOrder(Dictionary<string, Sent> attempts, List<Stored> stored)
    {
        Sent? first = null;
        for (var i = stored.Count - 1; i >= 0; i--)
        {
            if (!attempts.TryGetValue(stored[i].Content, out var here))
            {
                continue;
            }

            if (first is not null && first.Acked < here.Begun)
            {
                yield return $"out of order: {first.Content} was acknowledged before {here.Content} was begun";
            }

            first = here.Acked is not null && (first is null || here.Acked < first.Acked) ? here : first;
        }
    }

    /// <summary>A session holds, of each channel, a part of history without a hole and in its order.</summary>
    private static IEnumerable<string> Gaps(
        string session, List<Received> received, IReadOnlyDictionary<string, List<Stored>> history)
    {
        foreach (var channel in received.GroupBy(r => r.Channel))
        {
            var got = channel.ToList();
            var all = history[channel.Key].Select(s => s.MessageId).ToList();
            var start = all.IndexOf(got[0].MessageId);
            if (start < 0 || !all.Skip(start).Take(got.Count).SequenceEqual(got.Select(r => r.MessageId)))
            {
                yield return $"gap: {session} did not receive a contiguous part of {channel.Key}";
            }

            if (got.Zip(got.Skip(1)).Any(pair => pair.Second.Sequence != pair.First.Sequence + 1))
            {
                yield return $"gap: the sequences that {session} received of {channel.Key} are not contiguous";
            }
        }
    }
}
