using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Carillon.Core.Messages;
using Carillon.Server.Http;
using Carillon.Server.Operations.Messages;
using Carillon.Wire.RestJson;

namespace Carillon.Server.Responders;

/// <summary>
/// What a responder is asked: <c>text</c>, <c>sessionId</c>, <c>localeId</c> and <c>requestAttributes</c> as Lex V2's
/// RecognizeText has them, and the message as the API shows it.
/// </summary>
internal sealed record ResponderRequest(
    [property: JsonPropertyName("botAliasArn")] string BotAliasArn,
    [property: JsonPropertyName("localeId")] string LocaleId,
    [property: JsonPropertyName("sessionId")] string SessionId,
    [property: JsonPropertyName("text")] string Text,
    [property: JsonPropertyName("requestAttributes")] IReadOnlyDictionary<string, string> RequestAttributes,
    [property: JsonPropertyName("botArn")] string BotArn,
    [property: JsonPropertyName("channelMessage")] ChannelMessageShape ChannelMessage)
{
    public static ResponderRequest Of(BotQuestion question, Arns arns)
    {
        var channel = arns.Channel(question.Channel);
        var sender = arns.Person(question.Message.Sender);
        var lex = question.Bot.Configuration;
        return new(
            lex.BotAliasArn, lex.LocaleId, SessionOf(channel, sender), question.Message.Content ?? "",
            new Dictionary<string, string>
            {
                ["CHIME.channel.arn"] = channel,
                ["CHIME.sender.arn"] = sender,
                ["CHIME.message.id"] = question.Message.Id,
            },
            arns.Person(question.Bot.Person), ChannelMessageShape.Of(question.Message, channel, arns, question.Channel.Sub?.Id));
    }

    /// <summary>One conversation for each sender in each channel. (AWS does not say what it takes.)</summary>
    private static string SessionOf(string channel, string sender) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{channel}\n{sender}")));
}

/// <summary>What it answers, as RecognizeText does; without messages the bot has nothing to say.</summary>
internal sealed record ResponderAnswer(IReadOnlyList<LexMessage>? Messages, LexSessionState? SessionState)
{
    private const string Prefix = "CHIME.LEX.sessionState.";

    /// <summary>The bot's message (developer guide, "Processing responses from an AppInstanceBot", read 2026-11).</summary>
    /// <exception cref="JsonException">It is no answer that fits into a message.</exception>
    public static BotAnswer? Read(byte[] body, ResponderRequest asked)
    {
        var answer = body.Length == 0 ? null : JsonSerializer.Deserialize(body, LexJson.Default.ResponderAnswer);
        if (answer?.Messages is not { Count: > 0 } messages)
        {
            return null;
        }

        var content = JsonSerializer.Serialize(
            new BotContent([.. messages.Select(m => new BotContentMessage(m.Content, m.ContentType, m.ImageResponseCard))]),
            BotsJson.Default.BotContent);
        var attributes = new Dictionary<string, MessageAttributeValue>();
        void Say(string name, string? value)
        {
            if (value is { Length: > 0 and <= 100 })
            {
                attributes[Prefix + name] = new([value]);
            }
        }

        Say("intent.name", answer.SessionState?.Intent?.Name);
        Say("intent.state", answer.SessionState?.Intent?.State);
        Say("originatingRequestId", asked.ChannelMessage.MessageId);
        Say("sessionId", asked.SessionId);
        return Encoding.UTF8.GetByteCount(content) <= Sending.MostContent
            ? new(content, "application/amz-chime-lex-msgs", MessageRules.Attributes(attributes))
            : throw new JsonException("The answer is larger than a message.");
    }

    /// <summary>What the bot says where there is no answer.</summary>
    public static BotAnswer Failure(string code) => new(
        JsonSerializer.Serialize(new BotFailure(code), BotsJson.Default.BotFailure), "application/amz-chime-lex-error", null);
}

internal sealed record LexMessage(string? Content, string? ContentType, JsonElement? ImageResponseCard);

internal sealed record LexSessionState(LexIntent? Intent);

internal sealed record LexIntent(string? Name, string? State);

internal sealed record BotContent(IReadOnlyList<BotContentMessage> Messages);

internal sealed record BotContentMessage(string? Content, string? ContentType, JsonElement? ImageResponseCard);

internal sealed record BotFailure(string Code);

[JsonSourceGenerationOptions(
    Converters = [typeof(IsoMillisecondsConverter)], DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ResponderRequest))]
[JsonSerializable(typeof(BotContent))]
[JsonSerializable(typeof(BotFailure))]
internal sealed partial class BotsJson : JsonSerializerContext;

/// <summary>As Lex spells its members.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 32)]
[JsonSerializable(typeof(ResponderAnswer))]
internal sealed partial class LexJson : JsonSerializerContext;
