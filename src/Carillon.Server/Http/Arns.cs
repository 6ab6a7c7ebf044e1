using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Server.Http;

/// <summary>
/// Between Core's addresses and Chime's ARNs (<c>arn:aws:chime:{region}:{account}:app-instance/{id}/user/{id}</c>), for
/// the one region and account this server is.
/// </summary>
internal sealed class Arns
{
    private const string UserPart = "user";
    private const string BotPart = "bot";
    private const string ChannelPart = "channel";
    private const string FlowPart = "channel-flow";

    /// <summary>Addresses nothing: what a well-formed ARN names that cannot be here.</summary>
    private const string Nowhere = "";

    private readonly string _prefix;

    public Arns(string region, string account)
    {
        Region = region;
        Account = account;
        _prefix = $"arn:aws:chime:{region}:{account}:app-instance/";
    }

    public string Region { get; }

    public string Account { get; }

    public string App(string appId) => _prefix + appId;

    public string Person(PersonAddress person) =>
        $"{_prefix}{person.AppId}/{(person.Kind == PersonKind.Bot ? BotPart : UserPart)}/{person.Id}";

    public string Person(Person person) => Person(person.Address);

    public string Channel(ChannelAddress channel) => $"{_prefix}{channel.AppId}/{ChannelPart}/{channel.Id}";

    public string Channel(Channel channel) => Channel(channel.Address);

    public string Flow(FlowAddress flow) => $"{_prefix}{flow.AppId}/{FlowPart}/{flow.Id}";

    public FlowAddress FlowAddress(string arn)
    {
        var parts = Read(arn);
        return parts.Kind is FlowPart ? new(parts.App.ToString(), parts.Id.ToString()) : new(Nowhere, Nowhere);
    }

    /// <summary>The id of an app instance; an id that none has where the ARN names something else.</summary>
    public string AppId(string arn)
    {
        var parts = Read(arn);
        return parts.Kind.IsEmpty ? parts.App.ToString() : Nowhere;
    }

    public PersonAddress PersonAddress(string arn)
    {
        var parts = Read(arn);
        return parts.Kind is UserPart or BotPart
            ? new(parts.App.ToString(), parts.Kind is BotPart ? PersonKind.Bot : PersonKind.User, parts.Id.ToString())
            : new(Nowhere, PersonKind.User, Nowhere);
    }

    /// <summary>What can carry tags; null where the ARN names something else. It may not exist.</summary>
    public ResourceAddress? ResourceAddress(string arn)
    {
        var parts = Read(arn);
        var (app, id) = (parts.App.ToString(), parts.Id.ToString());
        return parts.Kind switch
        {
            "" when app.Length > 0 => new(ResourceKind.AppInstance, app, app),
            UserPart => new(ResourceKind.User, app, id),
            BotPart => new(ResourceKind.Bot, app, id),
            ChannelPart => new(ResourceKind.Channel, app, id),
            FlowPart => new(ResourceKind.Flow, app, id),
            _ => null,
        };
    }

    public string Stream(string name) => StreamPrefix + name;

    /// <summary>The name of a stream of this account and region; null where the ARN names something else.</summary>
    public string? StreamName(string arn) =>
        arn.StartsWith(StreamPrefix, StringComparison.Ordinal)
        && arn.Length > StreamPrefix.Length && arn.AsSpan(StreamPrefix.Length).IndexOfAnyExcept(StreamNames) < 0
            ? arn[StreamPrefix.Length..]
            : null;

    private string StreamPrefix => $"arn:aws:kinesis:{Region}:{Account}:stream/";

    /// <summary>Whether the ARN names a user or bot that could be here.</summary>
    public bool IsPerson(string arn) => Read(arn).Kind is UserPart or BotPart;

    /// <summary>
    /// Null for the ARN of a stream that messaging data may go to: of this account and region, with the prefix that AWS
    /// prescribes ("Streaming messaging data", developer guide, read 2026-11). Names are 1 to 128 characters (Kinesis).
    /// </summary>
    /// <returns>A sentence; the stream itself is not looked for.</returns>
    public string? WhyNoMessagingStream(string arn)
    {
        const string prefix = "chime-messaging-";
        if (arn.Split(':', 6) is not ["arn", "aws", "kinesis", var region, var account, var resource]
            || !resource.StartsWith("stream/", StringComparison.Ordinal))
        {
            return "The ResourceArn must be the ARN of a Kinesis data stream.";
        }

        var name = resource["stream/".Length..];
        return region != Region ? $"The Kinesis data stream must be in the region of the app instance, {Region}."
            : account != Account ? $"The Kinesis data stream must belong to the account of the app instance, {Account}."
            : !name.StartsWith(prefix, StringComparison.Ordinal) || name.Length == prefix.Length
                ? $"The name of the Kinesis data stream must begin with {prefix}."
            : name.Length > 128 || name.AsSpan().IndexOfAnyExcept(StreamNames) >= 0
                ? "The ResourceArn must be the ARN of a Kinesis data stream."
            : null;
    }

    private static readonly System.Buffers.SearchValues<char> StreamNames =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    public ChannelAddress ChannelAddress(string arn)
    {
        var parts = Read(arn);
        return parts.Kind is ChannelPart ? new(parts.App.ToString(), parts.Id.ToString()) : new(Nowhere, Nowhere);
    }

    /// <summary>Nothing where the ARN is of elsewhere, or has two parts or more than three behind the prefix.</summary>
    private Parts Read(ReadOnlySpan<char> arn)
    {
        if (!arn.StartsWith(_prefix))
        {
            return default;
        }

        arn = arn[_prefix.Length..];
        Span<Range> parts = stackalloc Range[4];
        return arn.Split(parts, '/') switch
        {
            1 => new(arn, default, default),
            3 when !arn[parts[1]].IsEmpty => new(arn[parts[0]], arn[parts[1]], arn[parts[2]]),
            _ => default,
        };
    }

    /// <summary>Kind and id are empty where the ARN is that of the app instance.</summary>
    private readonly ref struct Parts(ReadOnlySpan<char> app, ReadOnlySpan<char> kind, ReadOnlySpan<char> id)
    {
        public readonly ReadOnlySpan<char> App = app;
        public readonly ReadOnlySpan<char> Kind = kind;
        public readonly ReadOnlySpan<char> Id = id;
    }
}
