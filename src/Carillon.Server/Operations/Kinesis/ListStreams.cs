using System.Globalization;
using Carillon.Core;
using Carillon.Core.Streams;
using Carillon.Server.Http.Kinesis;

namespace Carillon.Server.Operations.Kinesis;

internal sealed record ListStreamsRequest(int? Limit, string? ExclusiveStartStreamName, string? NextToken);

internal sealed record ListStreamsResponse(
    IReadOnlyList<string> StreamNames, bool HasMoreStreams, string? NextToken, IReadOnlyList<StreamSummary> StreamSummaries);

/// <param name="StreamCreationTimestamp">Seconds since 1970.</param>
internal sealed record StreamSummary(
    string StreamName, string StreamARN, string StreamStatus, StreamModeDetails StreamModeDetails, decimal StreamCreationTimestamp);

internal static class ListStreams
{
    /// <summary>Source: API reference, read 2026-11.</summary>
    private const int DefaultLimit = 100;

    private const string Kind = "streams";

    public static readonly KinesisOperation Operation = new KinesisOperation<ListStreamsRequest, ListStreamsResponse>(
        nameof(ListStreams), KinesisJson.Default.ListStreamsRequest, KinesisJson.Default.ListStreamsResponse, (_, _) => "*",
        (r, call) => Task.FromResult(call.Store.Read(view => List(view, r, call))));

    private static ListStreamsResponse List(IView view, ListStreamsRequest request, KinesisCall call)
    {
        var limit = request.Limit ?? DefaultLimit;
        var streams = view.ListStreams(After(view, request, call), limit + 1);
        var more = streams.Count > limit;
        List<DataStream> page = [.. streams.Take(limit)];
        var token = more
            ? call.Room.Tokens.SealList(Kind, page[^1].Name, view.Now.Microseconds.ToString(CultureInfo.InvariantCulture))
            : null;
        return new([.. page.Select(s => s.Name)], more, token, [.. page.Select(s => new StreamSummary(
            s.Name, call.Room.Arns.Stream(s.Name), StreamWords.Active, StreamModeDetails.Of(s), StreamWords.Seconds(s.Created)))]);
    }

    private static string? After(IView view, ListStreamsRequest request, KinesisCall call)
    {
        if (request.NextToken is not { } token)
        {
            return request.ExclusiveStartStreamName;
        }

        if (call.Room.Tokens.OpenList(token) is not [Kind, var name, var issued])
        {
            throw KinesisErrors.Invalid("NextToken is invalid.");
        }

        StreamTokens.RequireFresh(StreamTokens.Number(issued), view.Now);
        return name;
    }
}
