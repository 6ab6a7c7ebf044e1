using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Contracts;
using Carillon.Server.Http.JsonProtocol;
using Carillon.Server.Http.Throttling;
using Carillon.Wire.SigV4;

namespace Carillon.Server.Http.Kinesis;

/// <summary>All that the operations of Kinesis work with.</summary>
internal sealed record KinesisRoom(
    IStore Store, Quotas Quotas, Arns Arns, PolicyGate Gate, Throttle Throttle, StreamTokens Tokens, TimeProvider Time);

/// <summary>One request on its way through an operation of Kinesis.</summary>
internal sealed class KinesisCall(
    HttpContext http, KinesisOperation operation, ReadOnlyMemory<byte> body, Caller caller, KinesisRoom room)
{
    public KinesisOperation Operation { get; } = operation;

    public ReadOnlyMemory<byte> Body { get; } = body;

    public KinesisRoom Room { get; } = room;

    public IStore Store => Room.Store;

    /// <summary>The stream that the request is about; null where it is about none.</summary>
    public string? StreamName { get; private set; }

    /// <summary>The ARN of the stream that a request is about, from its name, its ARN or both.</summary>
    /// <exception cref="JsonFault">Neither is there, they differ, or the ARN is of elsewhere.</exception>
    public string Resource(string? name, string? arn)
    {
        if (arn is null)
        {
            StreamName = name ?? throw new JsonFault(
                KinesisErrors.Validation,
                "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null");
            return Room.Arns.Stream(name);
        }

        StreamName = Room.Arns.StreamName(arn) ?? throw new JsonFault(KinesisErrors.NotFound, $"Stream {arn} not found.");

        // AWS leaves open what two names that differ mean; we refuse them.
        return name is null || name == StreamName
            ? arn
            : throw KinesisErrors.Invalid($"StreamName {name} and StreamARN {arn} name different streams.");
    }

    public DataStream Find(IView view) => DataStreams.Find(view, StreamName!);

    /// <exception cref="JsonFault">AccessDenied.</exception>
    public void Authorize(string action, string resource, AskedTags tags)
    {
        if (Room.Gate.WhyNot(caller, action, [resource], http, tags) is { } why)
        {
            throw new JsonFault(KinesisErrors.AccessDenied, why);
        }
    }

    /// <summary>Holds the request to the rates of the account and of its stream.</summary>
    /// <exception cref="JsonFault">LimitExceeded.</exception>
    public void Admit()
    {
        if (IsHeld
            && (Room.Throttle.Refuses(Operation.Action, RateScope.Account, "", (RateUnit.Requests, 1)) is not null
                || (StreamName is { } name
                    && Room.Throttle.Refuses(Operation.Action, RateScope.Stream, name, (RateUnit.Requests, 1)) is not null)))
        {
            throw new JsonFault(KinesisErrors.Limit, "Rate exceeded.");
        }
    }

    /// <summary>Whether any rate is in force for the operation.</summary>
    public bool IsHeld => Room.Throttle.Holds(Operation.Action);

    /// <summary>Whether the rates of a shard let this much through.</summary>
    public bool Admits(DataStream stream, Shard shard, params ReadOnlySpan<(RateUnit Unit, double Amount)> amounts) =>
        Room.Throttle.Refuses(Operation.Action, RateScope.Shard, $"{stream.Key.Value}/{shard.Number}", amounts) is null;

    public JsonFault ShardBusy(Shard shard) => new(KinesisErrors.Throughput, ShardBusyText(shard));

    public string ShardBusyText(Shard shard) =>
        $"Rate exceeded for shard {ShardIds.Of(shard.Number)} in stream {StreamName} under account {Account}.";

    public string Account => Room.Arns.Account;

    public JsonFault ShardUnknown(string id) => new(
        KinesisErrors.NotFound, $"Could not find shard {id} in stream {StreamName} under account {Account}.");

    /// <summary>The number of the shard that the request names.</summary>
    /// <exception cref="JsonFault">ResourceNotFound: it is no shard's id.</exception>
    public int Shard(string id) => ShardIds.Read(id) ?? throw ShardUnknown(id);
}

/// <summary>A row of the catalogue of Kinesis: a name, and what it does with a request.</summary>
/// <param name="service">As IAM spells it.</param>
internal abstract class KinesisOperation(string name, string service = "kinesis")
{
    public string Name { get; } = name;

    /// <summary>As IAM spells it.</summary>
    public string Action { get; } = $"{service}:{name}";

    /// <summary>What a signature of the request must be scoped to.</summary>
    public SigV4Policy Signing { get; } = new(service) { Window = TimeSpan.FromMinutes(15) };

    /// <summary>Whether its requests hold records, and may be as large as these.</summary>
    public bool TakesRecords { get; init; }

    /// <summary>Reads, checks, authorizes and handles the request. Null is an answer without a body.</summary>
    public abstract Task<byte[]?> Run(KinesisCall call);
}

/// <summary>An operation with its shapes.</summary>
/// <param name="Out">Null for an answer without a body.</param>
/// <param name="Resource">The ARN that the caller's policy must allow the operation for.</param>
internal sealed class KinesisOperation<TRequest, TResponse>(
    string Name,
    JsonTypeInfo<TRequest> In,
    JsonTypeInfo<TResponse>? Out,
    Func<TRequest, KinesisCall, string> Resource,
    Func<TRequest, KinesisCall, Task<TResponse>> Handle) : KinesisOperation(Name)
    where TRequest : class
{
    private readonly RequestLimits _limits = RequestLimits.OfKinesis(Name);

    public override async Task<byte[]?> Run(KinesisCall call)
    {
        if (_limits.Broken(call.Body.Span) is { } broken)
        {
            throw new JsonFault(KinesisErrors.Validation, broken);
        }

        // The limits have read the body before, as what it should be.
        var request = JsonSerializer.Deserialize(call.Body.Span, In)!;
        var resource = Resource(request, call);
        call.Authorize(Action, resource, AskedTags.Of(request));
        call.Admit();
        var response = await Handle(request, call);
        return Out is null ? null : JsonSerializer.SerializeToUtf8Bytes(response, Out);
    }
}

/// <summary>An operation of Kinesis that is not here, and says what to use instead.</summary>
internal sealed class AbsentKinesisOperation(string name, string instead) : KinesisOperation(name)
{
    public override Task<byte[]?> Run(KinesisCall call) => throw KinesisErrors.Invalid(instead);
}
