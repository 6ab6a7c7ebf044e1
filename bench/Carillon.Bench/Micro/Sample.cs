using System.Text;
using Carillon.Core;
using Carillon.Core.Channels;
using Carillon.Core.Identity;
using Carillon.Core.Messages;
using Carillon.Server.Http;
using Carillon.Wire.SigV4;

namespace Carillon.Bench.Micro;

/// <summary>One send, as applications send it, in the forms it has on its way.</summary>
internal static class Sample
{
    public const string AppId = "11111111-2222-4333-8444-555555555555";
    public const string App = $"arn:aws:chime:us-east-1:123456789012:app-instance/{AppId}";
    public const string UserId = "66666666-7777-4888-8999-000000000000";
    public const string UserArn = $"{App}/user/{UserId}";
    public const string ChannelId = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
    public const string ChannelArn = $"{App}/channel/{ChannelId}";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    public static readonly Arns Arns = new("us-east-1", "123456789012");

    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly string Content = new('x', 512);

    public static readonly byte[] Body = Encoding.UTF8.GetBytes(
        $$"""{"Content":"{{Content}}","Type":"STANDARD","Persistence":"PERSISTENT","ClientRequestToken":"c1a5d3f0-7a5e-4c8e-9a55-3d8e6f0a1b2c"}""");

    public static readonly string Target = $"/channels/{Uri.EscapeDataString(ChannelArn)}/messages";

    public static readonly SigV4Signer Signer = new(
        new("AKIDEXAMPLE", Secret, null), "us-east-1", "chime", new StoppedClock());

    private static readonly Person person = new(new(7), new(1), AppId, PersonKind.User, UserId, "Ada Example");

    private static readonly Instant created = Instant.Of(Now);

    public static readonly Channel Channel = new(
        new(3), new(1), AppId, ChannelId, "bench", ChannelMode.Restricted, ChannelPrivacy.Private, null, person, null, created,
        created, created);

    public static readonly Message Message = new(
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", Channel.Key, 4711, MessageType.Standard, true, person,
        Content, null, null, null, null, created, created, null, MessageState.Sent);

    public static readonly MessageCreated Event = new(Channel, person, Message.Sequence, Message);

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
