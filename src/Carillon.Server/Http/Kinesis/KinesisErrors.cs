using Carillon.Core;
using Carillon.Server.Http.JsonProtocol;

namespace Carillon.Server.Http.Kinesis;

/// <summary>Kinesis's exceptions, and Core's reasons as these. Texts are AWS's where they are known.</summary>
internal static class KinesisErrors
{
    public const string Serialization = "SerializationException";
    public const string UnknownOperation = "UnknownOperationException";
    public const string Validation = "ValidationException";
    public const string InvalidArgument = "InvalidArgumentException";
    public const string AccessDenied = "AccessDeniedException";
    public const string NotFound = "ResourceNotFoundException";
    public const string InUse = "ResourceInUseException";
    public const string Limit = "LimitExceededException";
    public const string Throughput = "ProvisionedThroughputExceededException";
    public const string ExpiredIterator = "ExpiredIteratorException";
    public const string ExpiredToken = "ExpiredNextTokenException";
    public const string InternalFailure = "InternalFailure";

    public static JsonFault Invalid(string message) => new(InvalidArgument, message);

    /// <param name="call">Null where the request did not come so far.</param>
    public static JsonFault Of(Refusal refusal, KinesisCall? call)
    {
        var stream = $"{call?.StreamName} under account {call?.Room.Arns.Account}";
        return refusal.Reason switch
        {
            Reason.StreamUnknown => new(NotFound, $"Stream {stream} not found."),
            Reason.StreamExists => new(InUse, $"Stream {stream} already exists."),
            Reason.ShardUnknown => new(NotFound, $"Could not find shard {refusal.Detail} in stream {stream}."),
            Reason.InvalidInput => Invalid(refusal.Detail ?? "The request is not valid."),
            Reason.QuotaReached => new(Limit, refusal.Detail ?? "A limit is reached."),
            Reason.Busy when call?.Operation.TakesRecords == true => new(Throughput, $"Rate exceeded for stream {stream}."),
            Reason.Busy => new(Limit, "Rate exceeded."),

            // The details of a failing store are for the log.
            _ => new(InternalFailure, "The service failed to process the request.", StatusCodes.Status500InternalServerError),
        };
    }
}
