using System.Text;
using System.Text.Json.Nodes;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Server.Http;
using Carillon.Server.Streaming;
using Xunit;

namespace Carillon.Tests.Server.Streaming;

/// <summary>The bytes of each record, to the letter.</summary>
public class EventRecordsTests
{
    private const string App = "arn:aws:chime:us-east-1:123456789012:app-instance/app";
    private const string ChannelArn = App + "/channel/general";
    private const string Ann = $$"""{"Arn":"{{App}}/user/ann","Name":"Ann"}""";
    private const string Ben = $$"""{"Arn":"{{App}}/user/ben","Name":"Bén"}""";

    private static readonly EventRecords Records = new(new Arns("us-east-1", "123456789012"));
    private static readonly Person AnnPerson = new(new(1), new(1), "app", PersonKind.User, "ann", "Ann");
    private static readonly Person BenPerson = new(new(2), new(1), "app", PersonKind.User, "ben", "Bén");

    private static readonly Instant At = Instant.Of(new DateTimeOffset(2026, 3, 4, 5, 6, 7, 80, TimeSpan.Zero));
    private static readonly Instant Later = At.Plus(TimeSpan.FromSeconds(1));

    private static readonly Channel General = new(
        new(7), new(1), "app", "general", "General <talk>", ChannelMode.Restricted, ChannelPrivacy.Private, "m", AnnPerson,
        new Expiration(3, ExpirationCriterion.LastMessageTimestamp), At, Later, null);

    private static readonly SubChannel Part = new(new(-3), new(7), "part");

    private static readonly Message Said = new(
        "abc", new(7), 3, MessageType.Standard, true, AnnPerson, "Grüße \"x\" <b>\u0001", "meta", """{"a":{"StringValues":["1"]}}""",
        "text/plain", null, At, Later, null, MessageState.Sent);

    private const string ChannelJson =
        $$$"""{"Name":"General <talk>","ChannelArn":"{{{ChannelArn}}}","Mode":"RESTRICTED","Privacy":"PRIVATE","Metadata":"m","CreatedBy":{{{Ann}}},"CreatedTimestamp":"2026-03-04T05:06:07.080Z","LastUpdatedTimestamp":"2026-03-04T05:06:08.080Z","ExpirationSettings":{"ExpirationDays":3,"ExpirationCriterion":"LAST_MESSAGE_TIMESTAMP"}}""";

    private static string MessageJson(string content, string more = "") =>
        $$$"""{"ChannelArn":"{{{ChannelArn}}}","MessageId":"abc",{{{content}}}"Type":"STANDARD","CreatedTimestamp":"2026-03-04T05:06:07.080Z","LastUpdatedTimestamp":"2026-03-04T05:06:08.080Z","Sender":{{{Ann}}},"Redacted":false,"Persistence":"PERSISTENT","Status":{"Value":"SENT"}{{{more}}}}""";

    private const string WithContent = """
        "Content":"Grüße \"x\" <b>\u0001","Metadata":"meta",
        """;

    private const string More = ""","MessageAttributes":{"a":{"StringValues":["1"]}},"ContentType":"text/plain" """;

    public static TheoryData<string, object, string> All()
    {
        var member = new Member(BenPerson, new(7), true, AnnPerson, At, Later);
        var (ban, moderator) = (new Ban(BenPerson, AnnPerson, At), new Moderator(BenPerson, AnnPerson, At));
        var said = MessageJson(WithContent.Trim(), More.TrimEnd());
        var erased = Said with { Content = null, Metadata = null, Attributes = null, ContentType = null };
        var membership =
            $$"""{"InvitedBy":{{Ann}},"Type":"HIDDEN","Member":{{Ben}},"ChannelArn":"{{ChannelArn}}","CreatedTimestamp":"2026-03-04T05:06:07.080Z","LastUpdatedTimestamp":"2026-03-04T05:06:08.080Z"}""";
        var banned = $$$"""{"Member":{{{Ben}}},"ChannelArn":"{{{ChannelArn}}}","CreatedTimestamp":"2026-03-04T05:06:07.080Z","CreatedBy":{{{Ann}}}}""";
        var part = $$"""{"ChannelArn":"{{ChannelArn}}","SubChannelId":"part"}""";
        return new()
        {
            { "CREATE_CHANNEL_MESSAGE", new MessageCreated(General, AnnPerson, 3, Said), said },
            { "CREATE_CHANNEL_MESSAGE", new MessageCreated(General.In(Part), AnnPerson, 3, Said), said[..^1] + ",\"SubChannelId\":\"part\"}" },
            { "UPDATE_CHANNEL_MESSAGE", new MessageUpdated(General, AnnPerson, 4, Said), said },
            {
                "REDACT_CHANNEL_MESSAGE",
                new MessageRedacted(General, AnnPerson, 5, erased with { State = MessageState.Redacted }),
                MessageJson("").Replace("\"Redacted\":false", "\"Redacted\":true", StringComparison.Ordinal)
            },
            { "DELETE_CHANNEL_MESSAGE", new MessageDeleted(General, AnnPerson, 6, erased), MessageJson("") },
            { "CREATE_CHANNEL", new ChannelCreated(General, AnnPerson, 1), ChannelJson },
            { "UPDATE_CHANNEL", new ChannelUpdated(General, AnnPerson, 1), ChannelJson },
            { "DELETE_CHANNEL", new ChannelDeleted(General, null, 1), ChannelJson },
            { "UPDATE_CHANNEL_EXPIRATION_SETTINGS", new ChannelExpirationUpdated(General, AnnPerson, 1), ChannelJson },
            { "CREATE_CHANNEL_MEMBERSHIP", new MemberJoined(General, AnnPerson, 1, member), membership },
            { "DELETE_CHANNEL_MEMBERSHIP", new MemberLeft(General, AnnPerson, 1, member), membership },
            {
                "CREATE_CHANNEL_MEMBERSHIP", new MemberJoined(General.In(Part), AnnPerson, 1, member with { Sub = Part }),
                membership[..^1] + ",\"SubChannelId\":\"part\"}"
            },
            { "CREATE_CHANNEL_BAN", new BanCreated(General, AnnPerson, 1, ban), banned },
            { "DELETE_CHANNEL_BAN", new BanDeleted(General, AnnPerson, 1, ban), banned },
            {
                "CREATE_CHANNEL_MODERATOR", new ModeratorCreated(General, AnnPerson, 1, moderator),
                banned.Replace("\"Member\"", "\"Moderator\"", StringComparison.Ordinal)
            },
            {
                "DELETE_CHANNEL_MODERATOR", new ModeratorDeleted(General, AnnPerson, 1, moderator),
                banned.Replace("\"Member\"", "\"Moderator\"", StringComparison.Ordinal)
            },
            { "CREATE_SUB_CHANNEL", new SubChannelCreated(General, AnnPerson, 1, Part), part },
            { "DELETE_SUB_CHANNEL", new SubChannelDeleted(General, 1, Part), part },
        };
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_record_is_spelt_as_the_guide_says(string eventType, object happened, string payload)
    {
        var (key, data) = Records.Render((ChannelEvent)happened);
        var record = Encoding.UTF8.GetString(data.Span);

        Assert.Equal($$$"""{"EventType":"{{{eventType}}}","Payload":{{{payload}}}}""", record);
        Assert.Equal(ChannelArn, key);
        Assert.NotNull(JsonNode.Parse(record));
    }
}
