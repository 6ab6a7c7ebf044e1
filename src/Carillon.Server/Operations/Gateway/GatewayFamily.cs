using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Carillon.Core.Gateway;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Gateway;

/// <summary>
/// A kind of part of a WebSocket API: Create, Get, Get...s, Update and Delete of it are the same but for what stands here. The names of
/// operations follow from <see cref="Noun"/>: CreateRoute, GetRoutes, GetRoute, UpdateRoute, DeleteRoute.
/// </summary>
/// <param name="Collection">Its segment in paths.</param>
/// <param name="IdMember">The member of its shape that holds its id.</param>
/// <param name="NameMember">What must be its own among its neighbours; null where nothing must.</param>
/// <param name="Type">Its shape.</param>
/// <param name="Defaults">What a creation gets that does not say it; JSON.</param>
/// <param name="Check">The rules of its members, over the whole that is to be stored.</param>
/// <param name="Parent">The kind that it is under; null for the API.</param>
internal sealed record GatewayFamily(
    GatewayKind Kind, string Noun, string Collection, string IdMember, string? NameMember, JsonTypeInfo Type, string Defaults,
    Action<JsonObject> Check, GatewayKind? Parent = null)
{
    /// <summary>Reads a body into the shape and back, so that types hold and unknown members are gone.</summary>
    /// <exception cref="ApiException">BadRequest.</exception>
    public JsonObject Shape(JsonObject given)
    {
        try
        {
            return (JsonObject)JsonSerializer.SerializeToNode(given.Deserialize(Type), Type)!;
        }
        catch (JsonException e)
        {
            throw new ApiException(ApiError.BadRequest, $"The request body cannot be read at {e.Path ?? "$"}.");
        }
    }

    /// <summary>A new part: what is given over the defaults, checked.</summary>
    public (string? Name, JsonObject Definition) Create(JsonObject given)
    {
        var whole = (JsonObject)JsonNode.Parse(Defaults)!;
        Merge(whole, Shape(given));
        return Checked(whole);
    }

    /// <summary>What is there with what is given in its place.</summary>
    public (string? Name, JsonObject Definition) Update(string definition, JsonObject given)
    {
        var whole = (JsonObject)JsonNode.Parse(definition)!;
        Merge(whole, Shape(given));
        return Checked(whole);
    }

    /// <summary>Nobody chooses an id, a stage's name apart.</summary>
    private void Merge(JsonObject whole, JsonObject given)
    {
        foreach (var (name, value) in given)
        {
            if (name != IdMember || Kind == GatewayKind.Stage)
            {
                whole[name] = value?.DeepClone();
            }
        }
    }

    private (string? Name, JsonObject Definition) Checked(JsonObject whole)
    {
        Check(whole);
        return (NameMember is null ? null : (string?)whole[NameMember], whole);
    }
}
