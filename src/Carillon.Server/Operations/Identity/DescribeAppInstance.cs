using System.Text.Json.Serialization;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// GET /app-instances/{appInstanceArn} -> 200.  Shape: chime-sdk-identity 2021-04-20.
internal sealed record DescribeAppInstanceRequest
{
    public string AppInstanceArn { get; init; } = "";
}

internal sealed record DescribeAppInstanceResponse(
    AppInstanceShape AppInstance, [property: JsonPropertyName(Extensions.Member)] AppInstanceExtension Extension);

internal sealed record AppInstanceShape(
    string AppInstanceArn, string Name, string? Metadata, DateTimeOffset CreatedTimestamp, DateTimeOffset LastUpdatedTimestamp)
{
    public static AppInstanceShape Of(AppInstance app, Arns arns) => new(
        arns.App(app.Id), app.Name, app.Metadata, app.Created.ToTime(), app.Updated.ToTime());
}

internal static class DescribeAppInstance
{
    public static readonly Operation<DescribeAppInstanceRequest, DescribeAppInstanceResponse> Operation = new(
        nameof(DescribeAppInstance), Route.Get("/app-instances/{appInstanceArn}"), 200, Bearer.None, Declares.Nothing,
        In: null, IdentityJson.Default.DescribeAppInstanceResponse,
        Bind: (r, call) => r with { AppInstanceArn = call.Path("appInstanceArn") },
        Resources: (r, _) => [r.AppInstanceArn],
        Handle: (r, call) =>
        {
            var (app, counts) = call.Store.Read(view => AppInstances.Describe(view, call.Arns.AppId(r.AppInstanceArn)));
            return Task.FromResult(new DescribeAppInstanceResponse(
                AppInstanceShape.Of(app, call.Arns), AppInstanceExtension.Of(counts)));
        });
}
