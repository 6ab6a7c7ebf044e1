using System.Text.Json.Serialization;
using Carillon.Events.Core;
using Carillon.Events.Core.Staff;
using Carillon.Events.Door;
using Carillon.Events.Http;

namespace Carillon.Events.SignIn;

/// <summary>How staff come in: by a link that works once.</summary>
internal static class SignInEndpoints
{
    public static void Map(Endpoints api)
    {
        api.Post("/sign-in", SignIn);
        api.Post("/sign-out", SignOut);
        api.Get("/whoami", WhoAmI);
    }

    private static async Task<Answer> SignIn(EventsCall call)
    {
        var request = await call.BodyAsync(SignInJson.Default.SignInRequest);
        if (string.IsNullOrEmpty(request.Token)) throw new Refused(Reason.SignInInvalid);
        var (secret, life) = await call.Store.Write(ledger => SignIns.Redeem(ledger, request.Token, ledger.Now));
        Cookies.Write(call.Http, StaffGate.CookieName, secret, life);
        return Answer.Empty;
    }

    private static async Task<Answer> SignOut(EventsCall call)
    {
        if (Cookies.Read(call.Http, StaffGate.CookieName) is { } secret)
            await call.Store.Write(ledger => ledger.DeleteSignIn(Ids.HashOf(secret)));
        Cookies.Delete(call.Http, StaffGate.CookieName);
        return Answer.Empty;
    }

    private static Answer WhoAmI(EventsCall call)
    {
        var signers = StaffGate.Of(call);
        if (signers.Count == 0) throw new Refused(Reason.SignInNeeded);
        var shows = call.Store.Read(view => signers.Where(s => s.Member is not null)
            .Select(s => (s.Member!.Kind, Show: view.ShowByKey(s.Member.Show)))
            .Where(s => s.Show is not null)
            .Select(s => new OwnShow(s.Show!.Id, s.Show.Slug, s.Show.Definition.Title, Words.Of(s.Kind))).ToArray());
        return Answer.Json(
            new WhoAmIAnswer(signers[0].Name, signers.Any(s => s.Organiser), shows), SignInJson.Default.WhoAmIAnswer);
    }
}

internal sealed record SignInRequest(string? Token);

internal sealed record WhoAmIAnswer(string Name, bool Organiser, OwnShow[] Shows);

/// <param name="Kind"><c>artist</c> or <c>moderator</c>.</param>
internal sealed record OwnShow(string Id, string Slug, string Title, string Kind);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(WhoAmIAnswer))]
internal sealed partial class SignInJson : JsonSerializerContext;
