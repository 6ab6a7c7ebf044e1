using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Identity;

// POST /app-instance-bots -> 201.  Shape: chime-sdk-identity 2021-04-20. The service chooses the id.
internal sealed record CreateAppInstanceBotRequest : ISetsTags
{
    public string? AppInstanceArn { get; init; }

    public string? Name { get; init; }

    public string? Metadata { get; init; }

    public string? ClientRequestToken { get; init; }

    public IReadOnlyList<TagShape>? Tags { get; init; }

    public BotConfiguration? Configuration { get; init; }
}

internal sealed record CreateAppInstanceBotResponse(string AppInstanceBotArn);

// Differs from AWS: there is no Lex behind a bot; a URL of the operator's may answer for its alias.
internal static class CreateAppInstanceBot
{
    public static readonly Operation<CreateAppInstanceBotRequest, CreateAppInstanceBotResponse> Operation = new(
        nameof(CreateAppInstanceBot), Route.Post("/app-instance-bots"), 201, Bearer.None,
        Declares.ResourceLimitExceeded | Declares.Conflict,
        IdentityJson.Default.CreateAppInstanceBotRequest, IdentityJson.Default.CreateAppInstanceBotResponse,
        Bind: (r, _) => r,
        Check: (r, must) => TagShape.Check(r.Tags, must),

        // The published data lists no resource; the id is not known yet.
        Resources: (r, _) => [$"{r.AppInstanceArn}/bot/*"],
        Handle: async (r, call) =>
        {
            var appId = call.Arns.AppId(r.AppInstanceArn!);
            var repetition = new Repetition(
                r.ClientRequestToken!, [nameof(CreateAppInstanceBot), appId],
                [r.Name, r.Metadata, TagShape.Fingerprint(r.Tags), r.Configuration!.ToString()]);
            var id = await call.Store.Write(ledger => Bots.Create(
                ledger, repetition, appId, r.Name, r.Metadata, r.Configuration.Read(), TagShape.Read(r.Tags)));
            return new(call.Arns.Person(new PersonAddress(appId, PersonKind.Bot, id)));
        });
}
