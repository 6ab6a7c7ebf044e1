using System.Text.Json.Serialization;
using Carillon.Core;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Server.Http;

namespace Carillon.Server.Operations.Messages;

// POST /channels/{channelArn}/messages -> 201.  Shape: chime-sdk-messaging 2021-05-15.
// Its members can be set, unlike those of other requests: the JSON reader gathers what can only be initialised before it
// makes the request, and this one comes most often.
internal sealed record SendChannelMessageRequest : IInSubChannel
{
    [JsonIgnore]
    public string ChannelArn { get; set; } = "";

    public string? Content { get; set; }

    public string? Type { get; set; }

    public string? Persistence { get; set; }

    public string? Metadata { get; set; }

    public string? ClientRequestToken { get; set; }

    public PushNotificationConfiguration? PushNotification { get; set; }

    public IReadOnlyDictionary<string, MessageAttributeValue>? MessageAttributes { get; set; }

    public string? SubChannelId { get; set; }

    public string? ContentType { get; set; }

    public IReadOnlyList<Target>? Target { get; set; }
}

internal sealed record SendChannelMessageResponse(
    string ChannelArn, string MessageId, ChannelMessageStatusStructure Status, string? SubChannelId);

// Differs from AWS: PushNotification goes to a webhook of the operator's, and not to the sender's own devices; AWS
// pushes to all members and has senders filter themselves out.
internal static class SendChannelMessage
{
    public static readonly Operation<SendChannelMessageRequest, SendChannelMessageResponse> Operation = new(
        nameof(SendChannelMessage), Route.Post("/channels/{channelArn}/messages"), 201, Bearer.Required, Declares.Conflict,
        MessagesJson.Default.SendChannelMessageRequest, SentJson.Default.SendChannelMessageResponse,
        Bind: (r, call) =>
        {
            r.ChannelArn = call.Path("channelArn");
            return r;
        },
        Check: (r, must) =>
        {
            must.Hold(r.Type != Words.Control || string.IsNullOrEmpty(r.Metadata), "A CONTROL message has no metadata.")
                .Hold(r.Target is not [{ MemberArn: null }], "A target must have a member ARN.");
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
            var sent = await call.Store.Write(ledger => Sending.Do(ledger, call.MessageIds, message));
            call.Held(sent.Status);
            return new(r.ChannelArn, sent.Id, ChannelMessageStatusStructure.Of(sent.Status), r.SubChannelId);
        });
}
