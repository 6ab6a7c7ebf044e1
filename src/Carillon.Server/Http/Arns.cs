using Carillon.Core.Channels;
using Carillon.Core.Identity;

namespace Carillon.Server.Http;

/// <summary>
/// Between Core's addresses and Chime's ARNs (<c>arn:aws:chime:{region}:{account}:app-instance/{id}/user/{id}</c>), for
/// the one region and account this server is.
/// </summary>
internal sealed class Arns
{
    private const string User = "user";
    private const string Bot = "bot";
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
        $"{_prefix}{person.AppId}/{(person.Kind == PersonKind.Bot ? Bot : User)}/{person.Id}";

    public string Person(Person person) => Person(person.Address);

    public string Channel(ChannelAddress channel) => $"{_prefix}{channel.AppId}/{ChannelPart}/{channel.Id}";

    public string Channel(Channel channel) => Channel(channel.Address);

    public string Flow(FlowAddress flow) => $"{_prefix}{flow.AppId}/{FlowPart}/{flow.Id}";

    public FlowAddress FlowAddress(string arn) =>
        Split(arn) is [var app, FlowPart, var id] ? new(app, id) : new(Nowhere, Nowhere);

    /// <summary>The id of an app instance; an id that none has where the ARN names something else.</summary>
    public string AppId(string arn) => Split(arn) is { Length: 1 } parts ? parts[0] : Nowhere;

    public PersonAddress PersonAddress(string arn) => Split(arn) switch
    {
        [var app, User, var id] => new(app, PersonKind.User, id),
        [var app, Bot, var id] => new(app, PersonKind.Bot, id),
        _ => new(Nowhere, PersonKind.User, Nowhere),
    };

    /// <summary>What can carry tags; null where the ARN names something else. It may not exist.</summary>
    public ResourceAddress? ResourceAddress(string arn) => Split(arn) switch
    {
        [{ Length: > 0 } app] => new(ResourceKind.AppInstance, app, app),
        [var app, User, var id] => new(ResourceKind.User, app, id),
        [var app, Bot, var id] => new(ResourceKind.Bot, app, id),
        [var app, ChannelPart, var id] => new(ResourceKind.Channel, app, id),
        [var app, FlowPart, var id] => new(ResourceKind.Flow, app, id),
        _ => null,
    };

    /// <summary>Whether the ARN names a user or bot that could be here.</summary>
    public bool IsPerson(string arn) => Split(arn) is [_, User or Bot, _];

    /// <summary>
    /// Whether the ARN names a stream that messaging data may go to: of this account and region, with the prefix that AWS
    /// prescribes ("Streaming messaging data", developer guide, read 2026-11). Names are 1 to 128 characters (Kinesis).
    /// </summary>
    public bool IsMessagingStream(string arn)
    {
        var stream = $"arn:aws:kinesis:{Region}:{Account}:stream/";
        const string prefix = "chime-messaging-";
        return arn.StartsWith(stream + prefix, StringComparison.Ordinal) && arn.Length > stream.Length + prefix.Length
            && arn.Length <= stream.Length + 128
            && arn.AsSpan(stream.Length).IndexOfAnyExcept(StreamName) < 0;
    }

    private static readonly System.Buffers.SearchValues<char> StreamName =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    public ChannelAddress ChannelAddress(string arn) =>
        Split(arn) is [var app, ChannelPart, var id] ? new(app, id) : new(Nowhere, Nowhere);

    private string[]? Split(string arn) =>
        arn.StartsWith(_prefix, StringComparison.Ordinal) ? arn[_prefix.Length..].Split('/') : null;
}
