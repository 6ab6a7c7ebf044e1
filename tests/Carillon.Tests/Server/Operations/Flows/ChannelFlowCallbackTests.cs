using System.Text.Json.Nodes;
using Carillon.Tests.Server.Flows;
using Carillon.Wire.SigV4;
using Xunit;

namespace Carillon.Tests.Server.Operations.Flows;

/// <summary>A message under a flow, from its sender through its processor to those who may see it.</summary>
public class ChannelFlowCallbackTests(ChannelFlowCallbackTests.Fixture server) : IClassFixture<ChannelFlowCallbackTests.Fixture>
{
    public sealed class Fixture : FlowServer;

    [Fact]
    public async Task A_held_message_is_its_senders_alone_until_it_is_let_pass()
    {
        var hall = await FlowHall.Make(server);
        await using var ann = await SessionClient.Start(server, hall.Ann);
        await using var annToo = await SessionClient.Start(server, hall.Ann, "&sessionId=s2");
        await using var bob = await SessionClient.Start(server, hall.Bob);
        var before = (await hall.Chime.DescribeChannel(hall.Bob, hall.Channel)).Body;
        var call = await hall.Send();

        foreach (var session in new[] { ann, annToo })
        {
            var pending = await session.Wait("PENDING_CREATE_CHANNEL_MESSAGE");
            Assert.Equal(
                (call.MessageId, "hello", "PENDING", "STANDARD", null),
                (pending.Text("MessageId"), pending.Text("Content"), pending.Text("Status.Value"), pending.MessageType, pending.Sequence));
        }

        var own = await hall.Chime.GetChannelMessage(hall.Ann, hall.Channel, call.MessageId);
        Assert.Equal(("hello", "PENDING"), (own.Text("ChannelMessage.Content"), own.Text("ChannelMessage.Status.Value")));
        Assert.Equal("PENDING", await hall.Status(call.MessageId));
        foreach (var other in new[] { hall.Bob, hall.Admin })
        {
            (await hall.Chime.GetChannelMessage(other, hall.Channel, call.MessageId)).NotFound();
            (await hall.Chime.GetChannelMessageStatus(other, hall.Channel, call.MessageId)).Forbidden();
        }

        (await hall.Chime.DeleteChannelMessage(hall.Admin, hall.Channel, call.MessageId)).Forbidden();
        (await hall.Chime.RedactChannelMessage(hall.Ann, hall.Channel, call.MessageId)).Forbidden();
        (await hall.Chime.UpdateChannelMessage(hall.Ann, hall.Channel, call.MessageId, "new")).Forbidden();
        Assert.Empty(await hall.History(hall.Bob));
        Assert.Empty(await hall.History(hall.Ann));
        Assert.Equal(before, (await hall.Chime.DescribeChannel(hall.Bob, hall.Channel)).Body);
        await using (var prefetched = await SessionClient.Start(server, hall.Bob, "&sessionId=s3&prefetch-on=connect"))
        {
            Assert.Empty((JsonArray)(await prefetched.Wait("CHANNEL_DETAILS")).Payload!["ChannelMessages"]!);
        }

        var answer = await hall.Allow(call);
        Assert.Equal((200, hall.Channel, call.CallbackId), (answer.Status, answer.Text("ChannelArn"), answer.Text("CallbackId")));

        foreach (var session in new[] { ann, annToo, bob })
        {
            var sent = await session.Wait("CREATE_CHANNEL_MESSAGE");
            Assert.Equal((call.MessageId, "hello", "SENT"), (sent.Text("MessageId"), sent.Text("Content"), sent.Text("Status.Value")));
            Assert.NotNull(sent.Sequence);
        }

        Assert.DoesNotContain(bob.Frames, f => f.Type.StartsWith("PENDING", StringComparison.Ordinal));
        Assert.Equal(["hello"], await hall.History(hall.Bob));
        Assert.Equal("SENT", await hall.Status(call.MessageId));
    }

    [Fact]
    public async Task The_processor_is_told_what_the_guide_says_and_who_calls()
    {
        var hall = await FlowHall.Make(server);
        var body = ChimeClient.Members(
            ("Content", "hello"), ("Type", "STANDARD"), ("Persistence", "PERSISTENT"), ("Metadata", "{\"m\":1}"),
            ("ContentType", "text/plain"), ("ClientRequestToken", ChimeClient.NewToken()),
            ("Target", new JsonArray(ChimeClient.Members(("MemberArn", hall.Bob)))),
            ("MessageAttributes", JsonNode.Parse("""{"a":{"StringValues":["b"]}}""")));
        var id = (await hall.Chime.Send("POST", $"/channels/{ChimeClient.E(hall.Channel)}/messages", hall.Ann, body)).Text("MessageId");
        var call = await server.Processor.Wait(id);

        Assert.Equal(["EventType", "CallbackId", "ChannelMessage"], call.Event.AsObject().Select(m => m.Key));
        Assert.Equal("CHANNEL_MESSAGE_EVENT", (string)call.Event["EventType"]!);
        Assert.InRange(call.CallbackId.Length, 32, 64);
        var created = (string)call.Message["CreatedTimestamp"]!;
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", created);
        Assert.True(JsonNode.DeepEquals(
            new JsonObject
            {
                ["MessageId"] = id,
                ["ChannelArn"] = hall.Channel,
                ["Content"] = "hello",
                ["Metadata"] = "{\"m\":1}",
                ["Sender"] = new JsonObject { ["Arn"] = hall.Ann, ["Name"] = "ann" },
                ["Persistence"] = "PERSISTENT",
                ["Type"] = "STANDARD",
                ["CreatedTimestamp"] = created,
                ["MessageAttributes"] = JsonNode.Parse("""{"a":{"StringValues":["b"]}}"""),
                ["ContentType"] = "text/plain",
                ["Target"] = new JsonArray(new JsonObject { ["MemberArn"] = hall.Bob }),
            },
            call.Message));

        var signature = (string)call.Headers["x-carillon-signature"]!;
        var sent = DateTimeOffset.FromUnixTimeSeconds(long.Parse(signature[2..signature.IndexOf(',', StringComparison.Ordinal)], null));
        var secret = System.Text.Encoding.ASCII.GetBytes(File.ReadAllText(server.Platform.Folder.WebhookSecret).Trim());
        Assert.Equal(Carillon.Server.Outbound.Webhooks.Sign(secret, sent, call.Body), signature);
    }

    [Fact]
    public async Task The_processor_may_change_every_part_of_a_message()
    {
        var hall = await FlowHall.Make(server);
        var call = await hall.Send();
        (await hall.Allow(call, new JsonObject
        {
            ["Content"] = "h***o",
            ["Metadata"] = "checked",
            ["ContentType"] = "text/x",
            ["MessageAttributes"] = JsonNode.Parse("""{"k":{"StringValues":["v"]}}"""),
            ["PushNotification"] = new JsonObject { ["Title"] = "t" },
        })).Ok();

        var message = (await hall.Chime.GetChannelMessage(hall.Bob, hall.Channel, call.MessageId)).At("ChannelMessage")!;
        Assert.Equal(
            ("h***o", "checked", "text/x", """{"k":{"StringValues":["v"]}}"""),
            ((string)message["Content"]!, (string)message["Metadata"]!, (string)message["ContentType"]!,
                message["MessageAttributes"]!.ToJsonString()));
        Assert.Null(message["LastEditedTimestamp"]);
    }

    [Fact]
    public async Task A_denied_message_is_told_to_its_sender_and_stored_nowhere()
    {
        var hall = await FlowHall.Make(server);
        await using var ann = await SessionClient.Start(server, hall.Ann);
        await using var bob = await SessionClient.Start(server, hall.Bob);
        var call = await hall.Send("rude");
        (await hall.Deny(call)).Ok();

        var denied = await ann.Wait("DENIED_CREATE_CHANNEL_MESSAGE");
        Assert.Equal((call.MessageId, "DENIED"), (denied.Text("MessageId"), denied.Text("Status.Value")));
        (await hall.Chime.GetChannelMessage(hall.Ann, hall.Channel, call.MessageId)).NotFound();
        (await hall.Chime.GetChannelMessageStatus(hall.Ann, hall.Channel, call.MessageId)).Forbidden();
        (await hall.Allow(await hall.Send("polite"))).Ok();
        await bob.Wait("CREATE_CHANNEL_MESSAGE");
        Assert.Equal(["polite"], await hall.History(hall.Ann));
        Assert.Equal(["SESSION_ESTABLISHED", "CREATE_CHANNEL_MESSAGE"], bob.Frames.Select(f => f.Type));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_callback_counts_once(bool denied)
    {
        var hall = await FlowHall.Make(server);
        var call = await hall.Send();
        (await (denied ? hall.Deny(call) : hall.Allow(call))).Ok();
        (await hall.Deny(call)).Conflict();
        (await hall.Allow(call, new JsonObject { ["Content"] = "other" })).Conflict();
        Assert.Equal(denied ? [] : ["hello"], await hall.History(hall.Bob));
    }

    [Fact]
    public async Task A_callback_does_not_tell_whether_the_channel_is_there()
    {
        var hall = await FlowHall.Make(server);
        var hidden = await hall.App.NewChannel(hall.Bob, privacy: "PRIVATE");
        var call = await hall.Send();

        string[] answers =
        [
            (await hall.Chime.ChannelFlowCallback(hidden, call.CallbackId, call.MessageId)).Forbidden().Body,
            (await hall.Chime.ChannelFlowCallback(hall.Channel, new string('0', 32), call.MessageId)).Forbidden().Body,
            (await hall.Chime.ChannelFlowCallback(hidden + "x", call.CallbackId, call.MessageId)).Forbidden().Body,
        ];

        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task A_callback_that_fits_nothing_is_refused_and_changes_nothing()
    {
        var hall = await FlowHall.Make(server);
        var elsewhere = await FlowHall.Make(server);
        var call = await hall.Send();
        (await hall.Chime.ChannelFlowCallback(hall.Channel, new string('0', 32), call.MessageId)).Forbidden();
        (await hall.Chime.ChannelFlowCallback(hall.Channel, Guid.NewGuid().ToString(), call.MessageId)).Forbidden();
        (await hall.Chime.ChannelFlowCallback(elsewhere.Channel, call.CallbackId, call.MessageId)).Forbidden();
        (await hall.Chime.ChannelFlowCallback(hall.Channel + "x", call.CallbackId, call.MessageId)).Forbidden();
        (await hall.Chime.ChannelFlowCallback(hall.Channel, call.CallbackId, new string('0', 32))).BadRequest();
        (await hall.Allow(call, new JsonObject { ["Content"] = new string('x', 4097) })).BadRequest();
        (await hall.Allow(call, new JsonObject { ["Content"] = string.Concat(Enumerable.Repeat("\u00fc", 2049)) })).BadRequest();
        (await hall.Allow(call, new JsonObject
        {
            ["MessageAttributes"] = new JsonObject
            {
                ["a"] = new JsonObject { ["StringValues"] = new JsonArray(new string('a', 512), new string('b', 512)) },
            },
        })).BadRequest();
        Assert.Equal("PENDING", await hall.Status(call.MessageId));

        (await hall.Allow(call, new JsonObject { ["Content"] = new string('x', 4096) })).Ok();
        Assert.Equal("SENT", await hall.Status(call.MessageId));
    }

    [Fact]
    public async Task A_policy_on_the_app_instance_s_resources_lets_a_processor_call_back()
    {
        var hall = await FlowHall.Make(server);
        async Task<ChimeClient> Processor(string action)
        {
            var name = "processor-" + Guid.NewGuid().ToString("n");
            await hall.Chime.Query("iam", "CreateRole", ("RoleName", name), ("AssumeRolePolicyDocument",
                """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:root"}}]}"""));
            await hall.Chime.Query("iam", "PutRolePolicy", ("RoleName", name), ("PolicyName", "p"), ("PolicyDocument",
                $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"arn:aws:chime:us-east-1:123456789012:app-instance/*"}]}"""));
            var xml = await hall.Chime.Query("sts", "AssumeRole", ("RoleArn", $"arn:aws:iam::123456789012:role/{name}"), ("RoleSessionName", "session"));
            string Of(string tag) => xml.Split($"<{tag}>")[1].Split('<')[0];
            return server.As(new AwsCredentials(Of("AccessKeyId"), Of("SecretAccessKey"), Of("SessionToken")));
        }

        var call = await hall.Send();
        (await (await Processor("chime:SendChannelMessage")).ChannelFlowCallback(hall.Channel, call.CallbackId, call.MessageId))
            .Refused(403, "AccessDeniedException");
        (await (await Processor("chime:ChannelFlowCallback")).ChannelFlowCallback(hall.Channel, call.CallbackId, call.MessageId)).Ok();
    }

    [Theory]
    [InlineData("PERSISTENT")]
    [InlineData("NON_PERSISTENT")]
    public async Task Control_messages_and_channels_without_a_flow_wait_for_nobody(string persistence)
    {
        var hall = await FlowHall.Make(server);
        var control = await hall.Chime.SendChannelMessage(hall.Ann, hall.Channel, "typing", "CONTROL", persistence);
        Assert.Equal("SENT", control.Text("Status.Value"));
        (await hall.Chime.DisassociateChannelFlow(hall.Admin, hall.Channel, hall.Flow)).Ok();
        Assert.Equal("SENT", (await hall.Chime.SendChannelMessage(hall.Ann, hall.Channel, "free", persistence: persistence)).Text("Status.Value"));
    }

    [Fact]
    public async Task What_is_not_persistent_passes_the_flow_and_is_kept_nowhere()
    {
        var hall = await FlowHall.Make(server);
        await using var bob = await SessionClient.Start(server, hall.Bob);
        var call = await hall.Send("fleeting", "NON_PERSISTENT");
        Assert.Equal("NON_PERSISTENT", (string)call.Message["Persistence"]!);
        (await hall.Allow(call)).Ok();

        var heard = await bob.Wait("CREATE_CHANNEL_MESSAGE");
        Assert.Equal(("fleeting", "SENT", null), (heard.Text("Content"), heard.Text("Status.Value"), heard.Sequence));
        Assert.Empty(await hall.History(hall.Bob));
        (await hall.Chime.GetChannelMessage(hall.Ann, hall.Channel, call.MessageId)).NotFound();
        (await hall.Allow(call)).Conflict();
    }

    [Fact]
    public async Task A_targeted_message_passes_the_flow_to_its_target_alone()
    {
        var hall = await FlowHall.Make(server);
        await using var admin = await SessionClient.Start(server, hall.Admin);
        await using var bob = await SessionClient.Start(server, hall.Bob);
        var call = await hall.Send("psst", target: hall.Bob);
        (await hall.Chime.GetChannelMessage(hall.Bob, hall.Channel, call.MessageId)).NotFound();
        (await hall.Allow(call)).Ok();
        await bob.Wait("CREATE_CHANNEL_MESSAGE");
        (await hall.Allow(await hall.Send("all"))).Ok();
        await admin.Wait("CREATE_CHANNEL_MESSAGE");

        Assert.Equal(["all"], admin.Frames.Where(f => f.Type == "CREATE_CHANNEL_MESSAGE").Select(f => f.Text("Content")));
        Assert.Equal(["psst", "all"], await hall.History(hall.Bob));
    }

    [Fact]
    public async Task A_repeated_send_is_one_message_while_it_waits_and_afterwards()
    {
        var hall = await FlowHall.Make(server);
        var token = ChimeClient.NewToken();
        Task<Answer> Send() => hall.Chime.SendChannelMessage(hall.Ann, hall.Channel, "once", token: token);
        var first = await Send();
        var call = await server.Processor.Wait(first.Text("MessageId"));
        Assert.Equal(first.Body, (await Send()).Body);
        (await hall.Allow(call)).Ok();
        var after = await Send();

        Assert.Equal((call.MessageId, "SENT"), (after.Text("MessageId"), after.Text("Status.Value")));
        Assert.Single(server.Processor.Calls, c => c.MessageId == call.MessageId);
        Assert.Equal(["once"], await hall.History(hall.Bob));
    }

    [Fact]
    public async Task An_update_is_seen_once_it_is_let_pass()
    {
        var hall = await FlowHall.Make(server);
        var call = await hall.Send("old");
        (await hall.Allow(call)).Ok();
        await using var ann = await SessionClient.Start(server, hall.Ann);
        await using var bob = await SessionClient.Start(server, hall.Bob);
        var id = call.MessageId;
        var update = await hall.Update(id, "new");

        Assert.NotNull(update.Message["LastEditedTimestamp"]);
        Assert.Equal("new", (string)update.Message["Content"]!);
        Assert.Equal("new", (await ann.Wait("PENDING_UPDATE_CHANNEL_MESSAGE")).Text("Content"));
        Assert.Equal("old", (await hall.Chime.GetChannelMessage(hall.Ann, hall.Channel, id)).Text("ChannelMessage.Content"));
        Assert.Equal("PENDING", await hall.Status(id));
        Assert.Equal(["old"], await hall.History(hall.Bob));
        (await hall.Chime.UpdateChannelMessage(hall.Ann, hall.Channel, id, "newer")).Conflict();

        (await hall.Allow(update, new JsonObject { ["Content"] = "n*w" })).Ok();
        var updated = await bob.Wait("UPDATE_CHANNEL_MESSAGE");
        Assert.Equal((id, "n*w", "SENT"), (updated.Text("MessageId"), updated.Text("Content"), updated.Text("Status.Value")));
        Assert.Equal(["n*w"], await hall.History(hall.Bob));
        Assert.Equal("SENT", await hall.Status(id));
        Assert.DoesNotContain(bob.Frames, f => f.Type == "PENDING_UPDATE_CHANNEL_MESSAGE");

        var second = await hall.Update(id, "rude");
        (await hall.Deny(second)).Ok();
        Assert.Equal("DENIED", (await ann.Wait("DENIED_UPDATE_CHANNEL_MESSAGE")).Text("Status.Value"));
        Assert.Equal(["n*w"], await hall.History(hall.Bob));
        Assert.Equal("SENT", await hall.Status(id));
    }

    [Theory]
    [InlineData("redact")]
    [InlineData("delete")]
    public async Task An_update_of_what_is_redacted_or_deleted_meanwhile_fails_at_once(string how)
    {
        var hall = await FlowHall.Make(server);
        var call = await hall.Send("old");
        (await hall.Allow(call)).Ok();
        await using var ann = await SessionClient.Start(server, hall.Ann);
        var update = await hall.Update(call.MessageId, "new");
        (await (how == "redact"
            ? hall.Chime.RedactChannelMessage(hall.Admin, hall.Channel, call.MessageId)
            : hall.Chime.DeleteChannelMessage(hall.Admin, hall.Channel, call.MessageId))).Ok();

        Assert.Equal("FAILED", (await ann.Wait("FAILED_UPDATE_CHANNEL_MESSAGE")).Text("Status.Value"));
        (await hall.Allow(update)).Conflict();
        Assert.Equal(how == "redact" ? [null] : [], await hall.History(hall.Ann));
    }

    [Theory]
    [InlineData("ban")]
    [InlineData("remove")]
    [InlineData("delete the user")]
    public async Task Nothing_of_a_sender_who_is_gone_appears(string how)
    {
        var hall = await FlowHall.Make(server);
        await using var bob = await SessionClient.Start(server, hall.Bob);
        var call = await hall.Send("late");
        (await (how switch
        {
            "ban" => hall.Chime.CreateChannelBan(hall.Admin, hall.Channel, hall.Ann),
            "remove" => hall.Chime.DeleteChannelMembership(hall.Admin, hall.Channel, hall.Ann),
            _ => hall.Chime.DeleteAppInstanceUser(hall.Ann),
        })).Ok();
        if (how == "delete the user")
        {
            // Another user under the same id is not the sender.
            await hall.App.NewUser("ann", "another");
            (await hall.Chime.CreateChannelMembership(hall.Admin, hall.Channel, hall.Ann)).Ok();
        }

        (await hall.Allow(call)).Ok();
        (await hall.Allow(call)).Conflict();
        Assert.Empty(await hall.History(hall.Bob));
        Assert.DoesNotContain(bob.Frames, f => f.Type == "CREATE_CHANNEL_MESSAGE");
        if (how == "remove")
        {
            Assert.Equal("FAILED", await hall.Status(call.MessageId));
        }
    }

    [Theory]
    [InlineData("ban", "let pass")]
    [InlineData("ban", "deny")]
    [InlineData("remove", "let pass")]
    [InlineData("remove", "deny")]
    public async Task A_sender_who_was_put_out_hears_nothing_more_of_the_channel(string how, string verdict)
    {
        var hall = await FlowHall.Make(server);
        var elsewhere = await hall.App.NewChannel(hall.Bob, members: [hall.Ann]);
        await using var ann = await SessionClient.Start(server, hall.Ann);
        var call = await hall.Send("held");
        await ann.Wait("PENDING_CREATE_CHANNEL_MESSAGE");
        (await (how == "ban"
            ? hall.Chime.CreateChannelBan(hall.Admin, hall.Channel, hall.Ann)
            : hall.Chime.DeleteChannelMembership(hall.Admin, hall.Channel, hall.Ann))).Ok();

        // What the processor makes of the message is not for somebody outside either.
        (await (verdict == "deny"
            ? hall.Deny(call)
            : hall.Allow(call, new JsonObject { ["Content"] = "what the processor wrote" }))).Ok();
        (await hall.Chime.SendChannelMessage(hall.Bob, elsewhere, "later")).Ok();
        await ann.Wait(f => f.Type == "CREATE_CHANNEL_MESSAGE" && f.Text("Content") == "later");

        Assert.Equal(
            ["SESSION_ESTABLISHED", "PENDING_CREATE_CHANNEL_MESSAGE", "DELETE_CHANNEL_MEMBERSHIP", "CREATE_CHANNEL_MESSAGE"],
            ann.Frames.Select(f => f.Type));
    }

    [Fact]
    public async Task A_message_for_somebody_who_has_left_fails()
    {
        var hall = await FlowHall.Make(server);
        var call = await hall.Send("psst", target: hall.Bob);
        (await hall.Chime.DeleteChannelMembership(hall.Admin, hall.Channel, hall.Bob)).Ok();
        (await hall.Allow(call)).Ok();
        Assert.Equal("FAILED", await hall.Status(call.MessageId));
    }

    [Fact]
    public async Task A_message_of_a_channel_that_is_gone_goes_with_it()
    {
        var hall = await FlowHall.Make(server);
        var call = await hall.Send();
        (await hall.Chime.DeleteChannel(hall.Admin, hall.Channel)).Ok();
        (await hall.Allow(call)).Forbidden();
    }

    [Fact]
    public async Task A_flow_taken_away_still_finishes_what_it_holds()
    {
        var hall = await FlowHall.Make(server);
        var call = await hall.Send("held");
        (await hall.Chime.DisassociateChannelFlow(hall.Admin, hall.Channel, hall.Flow)).Ok();
        (await hall.Chime.DeleteChannelFlow(hall.Flow)).Ok();
        (await hall.Chime.SendChannelMessage(hall.Ann, hall.Channel, "free")).Ok();
        (await hall.Allow(call)).Ok();
        Assert.Equal(["free", "held"], await hall.History(hall.Bob));
    }

    [Fact]
    public async Task Messages_stand_in_the_order_in_which_they_are_let_pass()
    {
        var hall = await FlowHall.Make(server);
        await using var bob = await SessionClient.Start(server, hall.Bob);
        var calls = new[] { await hall.Send("1"), await hall.Send("2"), await hall.Send("3") };
        (await hall.Chime.SendChannelMessage(hall.Bob, hall.Channel, "0", "CONTROL")).Ok();
        foreach (var i in new[] { 2, 0, 1 })
        {
            (await hall.Allow(calls[i])).Ok();
        }

        var frames = await bob.WaitForCount(4, f => f.Type == "CREATE_CHANNEL_MESSAGE");
        Assert.Equal(["0", "3", "1", "2"], frames.Select(f => f.Text("Content")));
        Assert.Equal(["0", "3", "1", "2"], await hall.History(hall.Bob));
        var created = (await hall.Chime.ListChannelMessages(hall.Bob, hall.Channel, "?sort-order=ASCENDING"))
            .List("ChannelMessages").Select(m => (decimal)m!["CreatedTimestamp"]!).ToList();
        Assert.Equal(created.Order(), created);
        Assert.Equal(frames.Select(f => f.Sequence!.Value), Enumerable.Range((int)frames[0].Sequence!.Value, 4).Select(i => (long)i));
    }
}
