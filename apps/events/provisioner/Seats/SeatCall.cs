using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Events.Core.Provisioning;
using Carillon.Kit;

namespace Carillon.Events.Provisioner.Seats;

/// <summary>One call of Chime for one seat or, of memberships, for up to a hundred of one show.</summary>
internal sealed record SeatCall(SeatStep Step, SeatedShow Show, IReadOnlyList<Seat> Seats)
{
    public static string ClassOf(SeatStep step) => step switch
    {
        SeatStep.Member => PacedClasses.Batches,
        SeatStep.EndMember => PacedClasses.Members,
        _ => PacedClasses.Users,
    };

    public static int SeatsACall(SeatStep step) => step == SeatStep.Member ? PacedClasses.MembersABatch : 1;

    /// <summary>As a line of a bulk request.</summary>
    public (string Operation, JsonObject Request) Line()
    {
        var (operation, request) = Step switch
        {
            SeatStep.User => ("CreateAppInstanceUser", NewUser()),
            SeatStep.Member => ("BatchCreateChannelMembership", Batch()),
            SeatStep.EndMember => ("DeleteChannelMembership", new JsonObject { ["MemberArn"] = ArnOf(Seats[0]) }),
            _ => ("DeleteAppInstanceUser", new JsonObject { ["AppInstanceUserArn"] = ArnOf(Seats[0]) }),
        };
        if (Step is SeatStep.Member or SeatStep.EndMember)
        {
            request["ChannelArn"] = Show.ChannelArn;
            request["ChimeBearer"] = Show.AdminArn;
        }

        return (operation, request);
    }

    /// <summary>As a request of its own.</summary>
    public Task<JsonElement> SendAsync(PlatformClient client, CancellationToken cancel) => Step switch
    {
        SeatStep.User => client.ChimeAsync(HttpMethod.Post, "/app-instance-users", NewUser(), null, cancel),
        SeatStep.Member => client.ChimeAsync(
            HttpMethod.Post, $"/channels/{Escape(Show.ChannelArn)}/memberships?operation=batch-create", Batch(), Show.AdminArn, cancel),
        SeatStep.EndMember => client.ChimeAsync(
            HttpMethod.Delete, $"/channels/{Escape(Show.ChannelArn)}/memberships/{Escape(ArnOf(Seats[0]))}", null, Show.AdminArn,
            cancel),
        _ => client.ChimeAsync(HttpMethod.Delete, $"/app-instance-users/{Escape(ArnOf(Seats[0]))}", null, null, cancel),
    };

    /// <summary>What an answer means for each seat.</summary>
    public IEnumerable<SeatResult> Read(JsonElement answer)
    {
        if (Step != SeatStep.Member) return Seats.Select(seat => new SeatResult(seat, SeatOutcome.Done, null));
        var errors = new Dictionary<string, (string Code, string Message)>();
        if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("Errors", out var list)
            && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var error in list.EnumerateArray())
                if (error.Text("MemberArn") is { } arn)
                    errors[arn] = (error.Text("ErrorCode") ?? "Unknown", error.Text("ErrorMessage") ?? "");
        }

        return Seats.Select(seat => errors.GetValueOrDefault(ArnOf(seat)) switch
        {
            // Made by a call before, whose answer nobody wrote down.
            { Code: null or "Conflict" } => new SeatResult(seat, SeatOutcome.Done, null),
            // As AWS spells what a member was refused for (ErrorCode); why is told, because it is no fault of the seat.
            { Code: "Throttled" or "Throttling" or "ServiceUnavailable" or "ServiceFailure" } refused =>
                new SeatResult(seat, SeatOutcome.Back, refused.Code),
            // The platform lost the user, or somebody removed it by hand.
            { Code: "NotFound" } refused => new SeatResult(seat, SeatOutcome.Missing, $"{refused.Code}: {refused.Message}"),
            var (code, message) => new SeatResult(seat, SeatOutcome.Refused, $"{code}: {message}"),
        });
    }

    /// <summary>What a refusal means for each seat.</summary>
    public IEnumerable<SeatResult> Read(PlatformException refusal)
    {
        var outcome = refusal switch
        {
            { IsThrottled: true } => SeatOutcome.Back,
            { Code: "ConflictException" } when Step == SeatStep.User => SeatOutcome.Done,
            { Code: "NotFoundException" } when Step >= SeatStep.EndMember => SeatOutcome.Done,
            // What does not exist and what is forbidden are refused alike; clearing looks whether anything remains.
            { Code: "ForbiddenException" } when Step >= SeatStep.EndMember => SeatOutcome.Done,
            // Of an elastic channel a membership wants its part named; it ends with the user.
            { Code: "BadRequestException" } when Step == SeatStep.EndMember && Show.Elastic => SeatOutcome.Done,
            _ => SeatOutcome.Refused,
        };
        return Seats.Select(seat => new SeatResult(seat, outcome, outcome == SeatOutcome.Refused ? refusal.Message : null));
    }

    private string ArnOf(Seat seat) => $"{Show.AppInstanceArn}/user/{seat.UserId}";

    // The id is ours and fixed, so a second call cannot make a second user. A fixed token would be worse than none: within
    // its time it answers for a user that was deleted since.
    private JsonObject NewUser() => new()
    {
        ["AppInstanceArn"] = Show.AppInstanceArn,
        ["AppInstanceUserId"] = Seats[0].UserId,
        ["Name"] = Seats[0].UserId,
        ["ClientRequestToken"] = Guid.NewGuid().ToString(),
    };

    private JsonObject Batch() => new()
    {
        ["Type"] = "DEFAULT",
        ["MemberArns"] = new JsonArray([.. Seats.Select(seat => (JsonNode)ArnOf(seat))]),
    };

    private static string Escape(string arn) => Uri.EscapeDataString(arn);
}
