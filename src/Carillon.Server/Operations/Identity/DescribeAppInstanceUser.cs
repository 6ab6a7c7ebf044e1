using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// GET /app-instance-users/{appInstanceUserArn} -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record DescribeAppInstanceUserRequest
{
    public string AppInstanceUserArn { get; init; } = "";
}

internal sealed record DescribeAppInstanceUserResponse(AppInstanceUserShape AppInstanceUser);

internal sealed record AppInstanceUserShape(
    string AppInstanceUserArn, string? Name, string? Metadata, DateTimeOffset CreatedTimestamp,
    DateTimeOffset LastUpdatedTimestamp, ExpirationSettings? ExpirationSettings);

internal static class DescribeAppInstanceUser
{
    public static readonly Operation<DescribeAppInstanceUserRequest, DescribeAppInstanceUserResponse> Operation = new(
        nameof(DescribeAppInstanceUser), Route.Get("/app-instance-users/{appInstanceUserArn}"), 200, Bearer.None,
        Declares.Nothing, In: null, IdentityJson.Default.DescribeAppInstanceUserResponse,
        Bind: (r, call) => r with { AppInstanceUserArn = call.Path("appInstanceUserArn") },
        Resources: (r, _) => [r.AppInstanceUserArn],
        Handle: (r, call) =>
        {
            var user = call.Store.Read(view => Users.Find(view, call.Arns.PersonAddress(r.AppInstanceUserArn)));
            return Task.FromResult(new DescribeAppInstanceUserResponse(new(
                call.Arns.Person(user.Person), user.Person.Name, user.Metadata, user.Created.ToTime(),
                user.Updated.ToTime(), ExpirationSettings.Of(user.Expiration))));
        });
}
