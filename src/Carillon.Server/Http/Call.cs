using System.Globalization;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Server.Contracts;
using Carillon.Server.Flows;
using Carillon.Server.Http.Throttling;
using Carillon.Wire;
using Microsoft.Extensions.Primitives;

namespace Carillon.Server.Http;

/// <summary>What every handler may use.</summary>
internal sealed record Services(
    IStore Store, Quotas Quotas, Arns Arns, PageTokens PageTokens, MessageIds MessageIds, Throttle Throttle,
    Func<string> SessionEndpoint)
{
    /// <summary>Rung when a channel flow holds a message, so that its processor is called at once.</summary>
    public Bell FlowBell { get; init; } = new();
}

/// <summary>One request on its way through an operation.</summary>
internal sealed class Call(
    HttpContext http, RawTarget target, Operation operation, ReadOnlyMemory<byte> body, Caller caller,
    PolicyGate gate, Services services)
{
    public const string BearerHeader = "x-amz-chime-bearer";

    /// <summary>The page size where the request names none; also the largest (service model, MaxResults).</summary>
    public const int MostResults = 50;

    private string? _bearerArn;
    private bool? _isElastic;

    /// <summary>The bearer where no header names it: that of an item of a bulk request.</summary>
    public string? StatedBearer { get; init; }

    public ReadOnlyMemory<byte> Body { get; } = body;

    public Caller Caller { get; } = caller;

    public IStore Store => services.Store;

    public Quotas Quotas => services.Quotas;

    public Arns Arns => services.Arns;

    public MessageIds MessageIds => services.MessageIds;

    /// <summary>Host and port of the listener that sessions connect to.</summary>
    public string SessionEndpoint => services.SessionEndpoint();

    /// <summary>The body of the answer, where there is one.</summary>
    public byte[]? Answer { get; set; }

    /// <exception cref="ApiException">BadRequest: the header is missing or repeated.</exception>
    public string BearerArn => _bearerArn ??= ReadBearer();

    public PersonAddress Bearer => Arns.PersonAddress(BearerArn);

    /// <exception cref="ApiException">BadRequest: the request breaks a limit of the service model.</exception>
    public void Check(RequestLimits limits) => limits.Check(target, StatedBearers, Body.Span);

    private StringValues StatedBearers =>
        StatedBearer is { } stated ? new StringValues(stated) : http.Request.Headers[BearerHeader];

    private string ReadBearer()
    {
        var values = StatedBearers;
        if (values.Count != 1 || string.IsNullOrEmpty(values[0]))
        {
            throw new ApiException(ApiError.BadRequest, $"The header {BearerHeader} must name the acting app instance user.");
        }

        return values[0]!;
    }

    /// <exception cref="ApiException">BadRequest: the label is no percent-encoded UTF-8.</exception>
    public string Path(string label) =>
        operation.Route.Label(target, label)
        ?? throw new ApiException(ApiError.BadRequest, $"The path holds a malformed escape at '{label}'.");

    public string? Query(string name) => target.Query(name);

    /// <summary>A whole number, as the limits made sure.</summary>
    public int? QueryNumber(string name) => Query(name) is { } text
        ? int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
        : null;

    /// <summary>A timestamp, as the limits made sure.</summary>
    public DateTimeOffset? QueryTime(string name) => Query(name) is { } text ? Wire.RestJson.QueryTimestamp.TryParse(text) : null;

    /// <summary>Tells whoever calls processors that there may be one to call.</summary>
    public void Held(MessageStatus status)
    {
        if (status == MessageStatus.Pending)
        {
            services.FlowBell.Ring();
        }
    }

    public ChannelAddress Channel(string arn) => Arns.ChannelAddress(arn);

    /// <param name="subChannelId">The part of an elastic channel that the request names, where it names one.</param>
    public ChannelAddress Channel(string arn, string? subChannelId) => Channel(arn) with { SubChannelId = subChannelId };

    /// <exception cref="ApiException">AccessDenied: the caller's policies do not allow the action on all resources.</exception>
    public void Authorize(string action, IReadOnlyList<string> resources, AskedTags tags = default)
    {
        if (WhyNot(action, resources, tags) is { } why)
        {
            throw new ApiException(ApiError.AccessDenied, why);
        }
    }

    /// <summary>
    /// Holds the request to the rates in force. It comes after the policy: who may not ask must not use up what belongs to
    /// those who may.
    /// </summary>
    /// <exception cref="ApiException">Throttled.</exception>
    public void Admit(IReadOnlyList<string> resources, string? subChannelId)
    {
        if (services.Throttle.Holds(operation.Name)
            && services.Throttle.Refuses(operation.Name, resources, ActingArn, subChannelId, IsElastic(resources)) is { } rate)
        {
            throw ApiException.Throttled(rate.Name);
        }
    }

    /// <summary>After <see cref="Admit"/>, where the role of the bearer does not allow the request.</summary>
    public void Forgive(IReadOnlyList<string> resources, string? subChannelId) =>
        services.Throttle.Forgive(operation.Name, resources, ActingArn, subChannelId, IsElastic(resources));

    private Func<bool> IsElastic(IReadOnlyList<string> resources) => () =>
        _isElastic ??= resources.Any(arn => Store.Read(view => view.FindChannel(Channel(arn)))?.Elastic is not null);

    private string? ActingArn => operation.Bearer == Http.Bearer.Required ? BearerArn : null;

    /// <summary>Null where the caller's policies allow the action on all resources, else AWS's sentence.</summary>
    public string? WhyNot(string action, IReadOnlyList<string> resources, AskedTags tags = default) =>
        gate.WhyNot(Caller, action, resources, http, tags);

    /// <summary>Where a list goes on: size and position of the page asked for.</summary>
    /// <param name="list">Whatever makes it this list beside operation and caller: parent and filters.</param>
    /// <exception cref="ApiException">BadRequest: the token is none of this list.</exception>
    public PageOf PageOf(int? maxResults, string? nextToken, params ReadOnlySpan<string?> list)
    {
        // The bearer is part of the list: what one may see, another's token must not reach.
        var bearer = operation.Bearer == Http.Bearer.Required ? BearerArn : Caller.Arn;
        var scope = $"{operation.Name}\n{bearer}\n{string.Join('\n', list)}";
        if (string.IsNullOrEmpty(nextToken))
        {
            return new(services.PageTokens, scope, maxResults ?? MostResults, null);
        }

        var after = services.PageTokens.Open(nextToken, scope)
            ?? throw new ApiException(ApiError.BadRequest, "The NextToken is not valid for this request.");
        return new(services.PageTokens, scope, maxResults ?? MostResults, after);
    }
}

/// <summary>The page that a request asks for.</summary>
internal sealed record PageOf(PageTokens Tokens, string Scope, int Size, long? After)
{
    /// <summary>The token of the page that follows; null at the end.</summary>
    public string? Next<T>(Page<T> page) => page.Next is { } position ? Tokens.Seal(position, Scope) : null;
}
