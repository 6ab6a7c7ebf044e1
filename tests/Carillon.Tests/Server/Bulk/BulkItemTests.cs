using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Carillon.Server.Bulk;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Carillon.Tests.Server.Bulk;

public class BulkItemTests
{
    [Fact]
    public void Any_value_of_a_member_comes_through_path_query_and_bearer() => Prop.ForAll(
        Text.Zip(Text).Zip(Text).ToArbitrary(),
        x =>
        {
            var ((member, sub), bearer) = x;
            var line = new JsonObject
            {
                ["Operation"] = "DeleteChannelMembership",
                ["Request"] = new JsonObject
                {
                    ["ChannelArn"] = "c",
                    ["MemberArn"] = member,
                    ["SubChannelId"] = sub,
                    ["ChimeBearer"] = bearer,
                },
            };
            var item = BulkItem.Read(1, Encoding.UTF8.GetBytes(line.ToJsonString()));
            return item.Operation!.Operation.Route.Label(item.Target!, "memberArn") == member
                && (item.Target!.Query("sub-channel-id") ?? "") == sub && item.Bearer == bearer && item.Body.IsEmpty;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_line_whatever_makes_the_reader_fail() => Prop.ForAll(
        Gen.OneOf(
            ArbMap.Default.GeneratorFor<byte[]>(),
            Gen.Elements(
                """{"Reference":"r","Operation":"CreateChannelMembership","Request":{"ChannelArn":"a","Type":"DEFAULT"}}""",
                """{"Operation":"DeleteChannel","Request":{"ChannelArn":"a"}}""")
                .Zip(Gen.Choose(0, 90)).Zip(Gen.Choose(0, 255))
                .Select(x => Spoiled(Encoding.UTF8.GetBytes(x.Item1.Item1), x.Item1.Item2, (byte)x.Item2))).ToArbitrary(),
        line =>
        {
            var item = BulkItem.Read(7, line);
            return item.Line == 7 && (item.Unreadable is null) == (item.Operation is not null);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_body_is_the_request_as_it_came()
    {
        var item = BulkItem.Read(1, """ { "Request" : { "ChannelArn":"a", "Type" : "é" } , "Operation":"CreateChannelMembership" } """u8.ToArray());

        Assert.Equal("""{ "ChannelArn":"a", "Type" : "é" }""", Encoding.UTF8.GetString(item.Body.Span));
        Assert.NotNull(JsonDocument.Parse(item.Body));
    }

    private static Gen<string> Text => ArbMap.Default.GeneratorFor<NonNull<string>>()
        .Select(s => new string([.. s.Get.Where(c => !char.IsSurrogate(c))]));

    private static byte[] Spoiled(byte[] line, int at, byte with)
    {
        line[at % line.Length] = with;
        return line;
    }
}
