using System.Text.Json.Serialization;
using Carillon.Events.Core;
using Carillon.Events.Core.Archive;
using Carillon.Events.Core.Provisioning;
using Carillon.Events.Http;
using Carillon.Events.SignIn;

namespace Carillon.Events.Organise;

/// <summary>How far the platform's side of a show is, its archive, and its removal. All of it is the organiser's.</summary>
internal static class OrganiseProgress
{
    public static void Map(Endpoints api)
    {
        api.Get("/organise/shows/{id}/progress", Get);
        api.Post("/organise/shows/{id}/progress", Act);
        api.Get("/organise/shows/{id}/archive", Archive);
        api.Get("/organise/shows/{id}/archive.jsonl", call => File(call, "jsonl"));
        api.Get("/organise/shows/{id}/archive.html", call => File(call, "html"));
        api.Post("/organise/shows/{id}/clear", Clear);
    }

    private static Answer Get(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        return Json(ProgressJson.Write(call.Store.Read(view => view.ProgressOf(show.Key))));
    }

    private static async Task<Answer> Act(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        var request = await call.BodyAsync(ProgressRequests.Default.ProgressAction);
        await call.Store.Write(ledger =>
        {
            switch (request.Action)
            {
                case "pause":
                    ledger.Pause(show.Key, true);
                    break;
                case "resume":
                    ledger.Pause(show.Key, false);
                    break;
                case "retry":
                    ledger.Retry(show.Key);
                    break;
                default:
                    throw new Refused(Reason.BadRequest, "member", "action");
            }
        });
        return Get(call);
    }

    private static Answer Archive(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        return Json(ProgressJson.Write(call.Store.Read(view => view.ArchiveOf(show.Key))));
    }

    /// <summary>Always a file to keep, so that no page of ours ever runs beside what was said.</summary>
    private static async Task<Answer> File(EventsCall call, string kind)
    {
        var show = StaffGate.MustOrganiseShow(call);
        var response = call.Http.Response;
        response.ContentType = kind == "html" ? "text/html; charset=utf-8" : "application/jsonl; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{show.Slug}.{kind}\"";
        await (kind == "html"
            ? ArchiveFile.WriteHtmlAsync(call.Store, show, response.Body, call.Cancel)
            : ArchiveFile.WriteJsonLinesAsync(call.Store, show, response.Body, call.Cancel));
        return new Written();
    }

    /// <summary>Wants the show's title typed, because what it removes does not come back.</summary>
    private static async Task<Answer> Clear(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        var request = await call.BodyAsync(ProgressRequests.Default.ClearRequest);
        if (request.Title?.Trim() != show.Definition.Title.Trim()) throw new Refused(Reason.BadRequest, "member", "title");
        await call.Store.Write(ledger => ledger.Clear(show.Key));
        return Get(call);
    }

    private static Answer.Bytes Json(byte[] body) => new(StatusCodes.Status200OK, "application/json", body);
}

/// <param name="Action"><c>pause</c>, <c>resume</c> or <c>retry</c>.</param>
internal sealed record ProgressAction(string? Action);

internal sealed record ClearRequest(string? Title);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProgressAction))]
[JsonSerializable(typeof(ClearRequest))]
internal sealed partial class ProgressRequests : JsonSerializerContext;
