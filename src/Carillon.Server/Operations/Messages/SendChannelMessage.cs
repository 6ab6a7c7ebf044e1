using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Messages;

// POST /channels/{channelArn}/messages -> 201.  Shape: chime-sdk-messaging 2021-05-15.
internal sealed record SendChannelMessageRequest
{
    [JsonIgnore]
    public string ChannelArn { get; init; } = "";

    public string? Content { get; init; }

    public string? Type { get; init; }

    public string? Persistence { get; init; }

    public string? Metadata { get; init; }

    public string? ClientRequestToken { get; init; }

    public PushNotificationConfiguration? PushNotification { get; init; }

    public IReadOnlyDictionary<string, MessageAttributeValue>? MessageAttributes { get; init; }

    public string? SubChannelId { get; init; }

    public string? ContentType { get; init; }

    public IReadOnlyList<Target>? Target { get; init; }
}

internal sealed record SendChannelMessageResponse(
    string ChannelArn, string MessageId, ChannelMessageStatusStructure Status, string? SubChannelId);

internal static class SendChannelMessage
{
    public static readonly Operation<SendChannelMessageRequest, SendChannelMessageResponse> Operation = new(
        nameof(SendChannelMessage), Route.Post("/channels/{channelArn}/messages"), 201, Bearer.Required, Declares.Conflict,
        MessagesJson.Default.SendChannelMessageRequest, MessagesJson.Default.SendChannelMessageResponse,
        Bind: (r, call) => r with { ChannelArn = call.Path("channelArn") },
        Check: (r, must) =>
        {
            must.Arn(r.ChannelArn, "channelArn")
                .Have(r.Content, "content").Length(r.Content, 1, int.MaxValue, "content")
                .Have(r.Type, "type").OneOf(r.Type, "type", Words.Standard, Words.Control)
                .Have(r.Persistence, "persistence").OneOf(r.Persistence, "persistence", Words.Persistent, Words.NonPersistent)
                .Metadata(r.Metadata)
                .RequestToken(r.ClientRequestToken)
                .Length(r.PushNotification?.Title, 1, 50, "pushNotification.title")
                .Pattern(r.PushNotification?.Title, Patterns.Line, "pushNotification.title")
                .Length(r.PushNotification?.Body, 1, 150, "pushNotification.body")
                .OneOf(r.PushNotification?.Type, "pushNotification.type", "DEFAULT", "VOIP")
                .SubChannel(r.SubChannelId)
                .Length(r.ContentType, 0, 45, "contentType")
                .Count(r.Target, 1, 1, "target")
                .Hold(
                    r.Type != Words.Control || string.IsNullOrEmpty(r.Metadata), "A CONTROL message has no metadata.");
            foreach (var target in r.Target ?? [])
            {
                must.Have(target?.MemberArn, "target.memberArn").Arn(target?.MemberArn, "target.memberArn");
            }

            MessageRules.CheckAttributes(r.MessageAttributes, must);
        },
        Resources: (r, call) => [call.BearerArn, r.ChannelArn],
        Handle: async (r, call) =>
        {
            var type = r.Type == Words.Control ? MessageType.Control : MessageType.Standard;
            Sending.CheckSize(type, r.Content!);
            var attributes = MessageRules.Attributes(r.MessageAttributes);
            PersonAddress? target = r.Target is [{ MemberArn: { } arn }] ? call.Arns.PersonAddress(arn) : null;
            var message = new NewMessage(
                call.Bearer, call.Channel(r.ChannelArn, r.SubChannelId), type, r.Persistence == Words.Persistent, r.Content!, r.Metadata,
                attributes, r.ContentType, target,
                new Repetition(
                    r.ClientRequestToken!, [nameof(SendChannelMessage), r.ChannelArn, call.BearerArn],
                    [
                        r.Content, r.Type, r.Persistence, r.Metadata, attributes, r.ContentType, r.Target?[0].MemberArn,
                        r.PushNotification?.ToString(), r.SubChannelId,
                    ]))
            {
                Push = r.PushNotification?.Read(),
            };
            call.Store.Read(view =>
            {
                Sending.Check(view, message);
                return true;
            });
            var sent = await call.Store.Write(ledger => Sending.Do(ledger, call.MessageIds, message));
            call.Held(sent.Status);
            return new(r.ChannelArn, sent.Id, ChannelMessageStatusStructure.Of(sent.Status), r.SubChannelId);
        });
}
