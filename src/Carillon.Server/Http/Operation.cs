using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Core;
using Carillon.Server.Contracts;

namespace Carillon.Server.Http;

/// <summary>Exceptions an operation declares beyond those common to all (400, 401, 403, 429, 500, 503).</summary>
[Flags]
internal enum Declares
{
    Nothing = 0,
    NotFound = 1,
    Conflict = 2,
    ResourceLimitExceeded = 4,
}

/// <summary>Whether an operation is done in the name of an app instance user, named in x-amz-chime-bearer.</summary>
internal enum Bearer
{
    /// <summary>The header is ignored; some clients send it everywhere.</summary>
    None,

    Required,
}

/// <summary>A row of the catalogue: everything the runner needs to know about an operation.</summary>
internal abstract class Operation(string name, Route route, int status, Bearer bearer, Declares declares)
{
    public string Name { get; } = name;

    public Route Route { get; } = route;

    /// <summary>Of a successful answer.</summary>
    public int Status { get; } = status;

    public Bearer Bearer { get; } = bearer;

    public Declares Declares { get; } = declares;

    /// <summary>Reads, checks, authorizes and handles the request, and leaves the answer in the call.</summary>
    public abstract Task Run(Call call);
}

/// <summary>An operation with its shapes.</summary>
/// <param name="In">How the body reads; null for operations without one.</param>
/// <param name="Out">How the answer is written; null for answers without a body.</param>
/// <param name="Bind">Adds what stands in path, query and headers to what the body held.</param>
/// <param name="Resources">The ARNs that the caller's policy must all allow for <c>chime:{name}</c>.</param>
/// <param name="Handle">ARNs to addresses, one call into Core, result to shape.</param>
/// <param name="Check">
/// Rules of the service that its model does not spell; the model's own are held by then (<see cref="RequestLimits"/>).
/// </param>
internal sealed class Operation<TRequest, TResponse>(
    string Name,
    Route Route,
    int Status,
    Bearer Bearer,
    Declares Declares,
    JsonTypeInfo<TRequest>? In,
    JsonTypeInfo<TResponse>? Out,
    Func<TRequest, Call, TRequest> Bind,
    Func<TRequest, Call, IReadOnlyList<string>> Resources,
    Func<TRequest, Call, Task<TResponse>> Handle,
    Action<TRequest, Must>? Check = null) : Operation(Name, Route, Status, Bearer, Declares)
    where TRequest : class, new()
{
    private readonly RequestLimits _limits = RequestLimits.Of(Name);
    private readonly string _action = $"chime:{Name}";

    public override async Task Run(Call call)
    {
        call.Check(_limits);
        var request = Bind(Read(call), call);
        if (Check is not null)
        {
            var must = new Must();
            Check(request, must);
            if (must.Broken is { } broken)
            {
                throw new ApiException(ApiError.BadRequest, broken);
            }
        }

        var resources = Resources(request, call);
        call.Authorize(_action, resources, AskedTags.Of(request));
        var part = (request as IInSubChannel)?.SubChannelId;
        call.Admit(resources, part);
        TResponse response;
        try
        {
            response = await Handle(request, call);
        }
        catch (Refusal refusal) when (refusal.Reason is Reason.NotAllowed or Reason.ChannelUnknown or Reason.BearerUnknown)
        {
            call.Forgive(resources, part);
            throw;
        }

        if (Out is not null)
        {
            call.Answer = JsonSerializer.SerializeToUtf8Bytes(response, Out);
        }
    }

    // The limits have read the body before, as what it should be.
    private TRequest Read(Call call) => In is null || call.Body.Length == 0
        ? new TRequest()
        : JsonSerializer.Deserialize(call.Body.Span, In)!;
}

/// <summary>A request about something in a sub-channel of an elastic channel, where it names one.</summary>
internal interface IInSubChannel
{
    string? SubChannelId { get; }
}

/// <summary>What an operation without a body in its answer returns.</summary>
internal sealed record Nothing
{
    public static readonly Nothing Value = new();
}
