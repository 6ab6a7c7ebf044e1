using System.Text.Json.Serialization;
using Carillon.Events.Core;
using Carillon.Events.Core.Staff;
using Carillon.Events.Http;
using Carillon.Events.SignIn;

namespace Carillon.Events.Organise;

/// <summary>The keys that shops add tickets with: made, listed without saying them, taken back.</summary>
internal static class OrganiseShopKeys
{
    /// <summary>Keys of one show that are good at once. Our choice.</summary>
    private const int mostKeys = 20;

    public static void Map(Endpoints api)
    {
        api.Get("/organise/shows/{id}/shop-keys", List);
        api.Post("/organise/shows/{id}/shop-keys", Make);
        api.Delete("/organise/shows/{id}/shop-keys/{key}", Remove);
    }

    private static Answer List(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        return Answer.Json(
            new ShopKeyList([.. call.Store.Read(view => view.ShopKeysOf(show.Key)).Select(k => new ShopKeyLine(
                k.Id, Times.FromMicroseconds(k.Made), Times.FromMicroseconds(k.Used)))]),
            ShopKeysJson.Default.ShopKeyList);
    }

    private static async Task<Answer> Make(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        var key = Ids.NewSecret();
        var hash = Ids.HashOf(key);
        await call.Store.Write(ledger =>
        {
            if (ledger.ShopKeysOf(show.Key).Count >= mostKeys) throw new Refused(Reason.BadRequest, "why", "many");
            ledger.AddShopKey(hash, show.Key);
        });
        return Answer.Json(
            new NewShopKey(ShopKey.IdOf(hash), key), ShopKeysJson.Default.NewShopKey, StatusCodes.Status201Created);
    }

    /// <summary>From the next sale on it is no key. What it has sold stays.</summary>
    private static async Task<Answer> Remove(EventsCall call)
    {
        var show = StaffGate.MustOrganiseShow(call);
        await call.Store.Write(ledger =>
        {
            var key = ledger.ShopKeysOf(show.Key).FirstOrDefault(k => k.Id == call.Route("key"));
            ledger.RemoveShopKey((key ?? throw new Refused(Reason.NotFound)).Hash);
        });
        return Answer.Empty;
    }
}

internal sealed record ShopKeyList(ShopKeyLine[] Keys);

/// <param name="UsedAt">When it last sold something, to the minute; null for never.</param>
internal sealed record ShopKeyLine(string Id, DateTimeOffset MadeAt, DateTimeOffset? UsedAt);

/// <param name="Key">Shown this once.</param>
internal sealed record NewShopKey(string Id, string Key);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ShopKeyList))]
[JsonSerializable(typeof(NewShopKey))]
internal sealed partial class ShopKeysJson : JsonSerializerContext;
