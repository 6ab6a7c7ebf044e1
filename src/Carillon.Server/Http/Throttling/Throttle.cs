using System.Net;

namespace Carillon.Server.Http.Throttling;

/// <summary>Holds requests to the rates in force. Without rates it looks at nothing.</summary>
internal sealed class Throttle
{
    private readonly Dictionary<string, Rate[]> _byOperation;
    private readonly TokenBuckets _buckets;

    public Throttle(IReadOnlyList<Rate> rates, TimeProvider time)
    {
        _buckets = new TokenBuckets(time);
        _byOperation = rates.SelectMany(rate => rate.Operations.Select(operation => (operation, rate)))
            .GroupBy(pair => pair.operation, pair => pair.rate, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Whether the operation is held to any rate.</summary>
    public bool Holds(string operation) => _byOperation.ContainsKey(operation);

    /// <summary>Takes a token of every rate that holds the operation, or of none.</summary>
    /// <param name="resources">The ARNs that the request is about, those that policies are asked for.</param>
    /// <param name="bearer">Null where nobody acts.</param>
    /// <param name="subChannelId">Null where the request names none.</param>
    /// <param name="isElastic">Whether the channel that it is about is; asked where a rate depends on it.</param>
    /// <returns>The rate that is used up, or null.</returns>
    public Rate? Refuses(
        string operation, IReadOnlyList<string> resources, string? bearer, string? subChannelId, Func<bool> isElastic)
    {
        if (!_byOperation.TryGetValue(operation, out var rates))
        {
            return null;
        }

        for (var i = 0; i < rates.Length; i++)
        {
            if (Key(rates[i].Scope) is { } key && !_buckets.TryTake(rates[i], key))
            {
                for (var taken = 0; taken < i; taken++)
                {
                    if (Key(rates[taken].Scope) is { } other)
                    {
                        _buckets.GiveBack(rates[taken], other);
                    }
                }

                return rates[i];
            }
        }

        return null;

        string? Key(RateScope scope) => KeyOf(scope, resources, bearer, subChannelId, isElastic);
    }

    /// <summary>Takes of every rate of a scope that holds the operation, or of none.</summary>
    /// <param name="key">Names the one in the scope.</param>
    /// <param name="amounts">How much of each unit; units that are not named are left alone.</param>
    /// <returns>The rate that is used up, or null.</returns>
    public Rate? Refuses(string operation, RateScope scope, string key, params ReadOnlySpan<(RateUnit Unit, double Amount)> amounts)
    {
        var taken = new List<(Rate Rate, double Amount)>();
        foreach (var rate in _byOperation.GetValueOrDefault(operation, []))
        {
            foreach (var (unit, amount) in amounts)
            {
                if (rate.Scope != scope || rate.Unit != unit)
                {
                    continue;
                }

                if (!_buckets.TryTake(rate, key, amount))
                {
                    taken.ForEach(t => _buckets.GiveBack(t.Rate, key, t.Amount));
                    return rate;
                }

                taken.Add((rate, amount));
            }
        }

        return null;
    }

    /// <summary>
    /// Gives back what a request took of the rates that others share, because it turned out that its bearer may not ask. Its
    /// own it has used up.
    /// </summary>
    public void Forgive(
        string operation, IReadOnlyList<string> resources, string? bearer, string? subChannelId, Func<bool> isElastic)
    {
        foreach (var rate in _byOperation.GetValueOrDefault(operation, []))
        {
            if (rate.Scope is RateScope.AppInstance or RateScope.Channel or RateScope.PlainChannel or RateScope.ElasticChannel
                && KeyOf(rate.Scope, resources, bearer, subChannelId, isElastic) is { } key)
            {
                _buckets.GiveBack(rate, key);
            }
        }
    }

    private static string? KeyOf(
        RateScope scope, IReadOnlyList<string> resources, string? bearer, string? subChannelId, Func<bool> isElastic) =>
        scope switch
        {
            RateScope.Account => "",
            RateScope.AppInstance => resources.Count > 0 ? AppInstanceOf(resources[0]) : "",
            RateScope.User => resources.FirstOrDefault(IsPerson) ?? bearer,
            RateScope.Channel => resources.FirstOrDefault(IsChannel) is { } channel ? $"{channel} {subChannelId}" : null,
            RateScope.PlainChannel => resources.FirstOrDefault(IsChannel) is { } plain && !isElastic() ? plain : null,
            RateScope.ElasticChannel => resources.FirstOrDefault(IsChannel) is { } elastic && isElastic() ? elastic : null,
            RateScope.Bearer => bearer,
            _ => null,
        };

    /// <summary>Whether an address has asked too often, whatever it asks.</summary>
    public bool Refuses(IPAddress? address) =>
        _byOperation.TryGetValue(Rates.AnyRequest, out var rates)
        && !rates.All(rate => _buckets.TryTake(rate, KeyOf(address)));

    /// <summary>One household or machine has a whole IPv6 network of 64 bits: that is one address here.</summary>
    public static string KeyOf(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = plain.GetAddressBytes();
        return Convert.ToHexString(bytes.AsSpan(0, bytes.Length == 16 ? 8 : bytes.Length));
    }

    private static bool IsPerson(string arn) =>
        arn.Contains("/user/", StringComparison.Ordinal) || arn.Contains("/bot/", StringComparison.Ordinal);

    private static bool IsChannel(string arn) => arn.Contains("/channel/", StringComparison.Ordinal);

    /// <summary>The part of an ARN up to the id of the app instance; of one that is still to be made, nothing.</summary>
    private static string AppInstanceOf(string arn)
    {
        const string part = ":app-instance/";
        var start = arn.IndexOf(part, StringComparison.Ordinal);
        if (start < 0)
        {
            return "";
        }

        var end = arn.IndexOf('/', start + part.Length);
        return end < 0 ? arn : arn[..end];
    }
}
