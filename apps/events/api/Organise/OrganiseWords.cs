using System.Text.Json.Serialization;
using Carillon.Events.Core;
using Carillon.Events.Core.Shows;
using Carillon.Events.Core.Talk;
using Carillon.Events.Core.Tickets;
using Carillon.Events.Http;
using Carillon.Events.SignIn;
using Microsoft.Net.Http.Headers;

namespace Carillon.Events.Organise;

/// <summary>The words that hold for every show, and files of words.</summary>
internal static class OrganiseWords
{
    /// <summary>A file of words, in bytes. Our choice.</summary>
    private const int mostFile = 1024 * 1024;

    /// <summary>A list as JSON, in bytes: as many rules as it may have, in any script.</summary>
    public const int MostList = 2 * 1024 * 1024;

    public static void Map(Endpoints api)
    {
        api.Get("/organise/words", Get);
        api.Put("/organise/words", Put);
        api.Post("/organise/words/read", call =>
        {
            StaffGate.MustOrganise(call);
            return ReadFile(call);
        });
    }

    /// <summary>
    /// Reads a file of words for the page that asks; nothing is stored. The page joins it with the list that it has, and
    /// stores that as any change: a file that is read twice changes nothing.
    /// </summary>
    public static async Task<Answer> ReadFile(EventsCall call)
    {
        if (!MediaTypeHeaderValue.TryParse(call.Http.Request.ContentType, out var type) || type.MediaType != "text/csv")
            throw new Refused(Reason.BadRequest, "why", "Content-Type");
        var file = WordFile.Read((await call.BytesAsync(mostFile)).Span);
        return Answer.Json(new WordsRead(file.Words, file.Refused), WordsJson.Default.WordsRead);
    }

    private static Answer Get(EventsCall call)
    {
        StaffGate.MustOrganise(call);
        return Of(call.Store.Read(view => view.CommonWords()));
    }

    private static async Task<Answer> Put(EventsCall call)
    {
        var signer = StaffGate.MustOrganise(call);
        var request = await call.BodyAsync(WordsJson.Default.WordsRequest, MostList);
        if (request.Version is not { } version) throw new Refused(Reason.BadRequest, "member", "version");
        if (request.Words is not { } words) throw new Refused(Reason.BadRequest, "member", "words");
        Moderation.CheckRules(null, null, words);
        var now = await call.Store.Write(ledger => CommonWords.Put(ledger, words, version, signer.Name));
        call.Events.Desk.CommonChanged();
        return Of(now);
    }

    private static Answer Of(CommonWords now) => Answer.Json(
        new CommonWordsAnswer(
            now.Words, now.Version, now.Updated == 0 ? null : Times.FromMicroseconds(now.Updated), now.Updated == 0 ? null : now.By,
            StarterLists.All),
        WordsJson.Default.CommonWordsAnswer);
}

/// <param name="UpdatedAt">Null while nobody has changed them.</param>
/// <param name="Starters">Lists to begin with; they are in force once they are among the words.</param>
internal sealed record CommonWordsAnswer(
    IReadOnlyList<WordRule> Words, long Version, DateTimeOffset? UpdatedAt, string? UpdatedBy, IReadOnlyList<StarterList> Starters);

/// <param name="Version">That the change began with.</param>
internal sealed record WordsRequest(IReadOnlyList<WordRule>? Words, long? Version);

internal sealed record WordsRead(IReadOnlyList<WordRule> Words, IReadOnlyList<RefusedLine> Refused);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CommonWordsAnswer))]
[JsonSerializable(typeof(WordsRequest))]
[JsonSerializable(typeof(WordsRead))]
internal sealed partial class WordsJson : JsonSerializerContext;
