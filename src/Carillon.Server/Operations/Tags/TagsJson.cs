using System.Text.Json.Serialization;

namespace Carillon.Server.Operations.Tags;

[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, AllowDuplicateProperties = false, MaxDepth = 32)]
[JsonSerializable(typeof(ListTagsForResourceResponse))]
[JsonSerializable(typeof(TagResourceRequest))]
[JsonSerializable(typeof(UntagResourceRequest))]
internal sealed partial class TagsJson : JsonSerializerContext;
