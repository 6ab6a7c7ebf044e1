using System.Text.Json.Serialization;
using Carillon.Events.Core;
using Carillon.Events.Core.Staff;
using Carillon.Events.Door;
using Carillon.Events.Http;

namespace Carillon.Events.SignIn;

/// <summary>How staff come in: by a link that works once, or organisers by a provider (<see cref="OpenIdEndpoints"/>).</summary>
internal static class SignInEndpoints
{
    public static void Map(Endpoints api)
    {
        api.Post("/sign-in", SignIn);
        api.Post("/sign-out", SignOut);
        api.Get("/whoami", WhoAmI);
        api.Get("/sign-in/ways", call => Answer.Json(
            new WaysAnswer(call.Events.Options.OpenId is { } provider ? new Uri(provider.Issuer).Host : null), SignInJson.Default.WaysAnswer));
        OpenIdEndpoints.Map(api);
    }

    private static async Task<Answer> SignIn(EventsCall call)
    {
        var request = await call.BodyAsync(SignInJson.Default.SignInRequest);
        if (string.IsNullOrEmpty(request.Token)) throw new Refused(Reason.SignInInvalid);
        var before = Cookies.ReadAll(call.Http, StaffGate.StaffCookie);
        var ((secret, life, who), beside) = await call.Store.Write(ledger =>
        {
            var opened = SignIns.Redeem(ledger, request.Token, ledger.Now);
            return (opened, opened.Who.Account is null ? SignIns.Beside(ledger, before, opened.Who) : []);
        });
        if (who.Account is null) Cookies.WriteAll(call.Http, StaffGate.StaffCookie, [.. beside, secret], life);
        else Cookies.Write(call.Http, StaffGate.AccountCookie, secret, life);
        var desk = call.Store.Read(view =>
            who.Staff is { } staff && view.StaffByKey(staff) is { } member ? view.ShowByKey(member.Show)?.Id : null);
        return Answer.Json(new SignedInAnswer(desk), SignInJson.Default.SignedInAnswer);
    }

    private static async Task<Answer> SignOut(EventsCall call)
    {
        foreach (var name in (string[])[StaffGate.StaffCookie, StaffGate.AccountCookie])
        {
            if (Cookies.ReadAll(call.Http, name) is { Count: > 0 } secrets)
            {
                await call.Store.Write(ledger =>
                {
                    foreach (var secret in secrets) ledger.DeleteSignIn(Ids.HashOf(secret));
                });
            }

            Cookies.Delete(call.Http, name);
        }

        // Whoever signs out here as the operator does not stay in by another door.
        call.Events.Options.Operators?.Close(call.Http);
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
            new WhoAmIAnswer((signers.FirstOrDefault(s => s.Organiser) ?? signers[0]).Name, signers.Any(s => s.Organiser), shows), SignInJson.Default.WhoAmIAnswer);
    }
}

internal sealed record SignInRequest(string? Token);

/// <param name="Desk">The show whose desk the link was for; null for an organiser's.</param>
internal sealed record SignedInAnswer(string? Desk);

/// <param name="OpenId">The provider's host that organisers may sign in with; null for none.</param>
internal sealed record WaysAnswer(string? OpenId);

internal sealed record WhoAmIAnswer(string Name, bool Organiser, OwnShow[] Shows);

/// <param name="Kind"><c>artist</c> or <c>moderator</c>.</param>
internal sealed record OwnShow(string Id, string Slug, string Title, string Kind);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SignInRequest))]
[JsonSerializable(typeof(SignedInAnswer))]
[JsonSerializable(typeof(WaysAnswer))]
[JsonSerializable(typeof(WhoAmIAnswer))]
internal sealed partial class SignInJson : JsonSerializerContext;
