import {
  CreateAppInstanceAdminCommand,
  CreateAppInstanceBotCommand,
  DeleteAppInstanceBotCommand,
  DescribeAppInstanceBotCommand,
  ForbiddenException,
  ListAppInstanceBotsCommand,
  ListAppInstanceUsersCommand,
  NotFoundException,
  paginateListAppInstanceBots,
  UpdateAppInstanceBotCommand,
} from '@aws-sdk/client-chime-sdk-identity';
import {
  CreateChannelMembershipCommand,
  CreateChannelModeratorCommand,
  GetChannelMessageCommand,
  ListChannelMembershipsCommand,
  ListChannelMessagesCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { aRecentDate, assert, exactly, refused } from '../lib/assert.js';
import { identity, ours, region } from '../lib/target.js';
import { all, as, join, say, World } from '../lib/world.js';

const why = 'AWS creates a bot only over an alias that there is in Lex';
const world = await World.create();
const ann = await world.user('ann');
const send = (Command, input) => identity.send(new Command(input));

const Configuration = {
  Lex: {
    LexBotAliasArn: `arn:aws:lex:${region}:123456789012:bot-alias/ABCDEFGHIJ/TSTALIASID`,
    LocaleId: 'en_US',
    InvokedBy: { StandardMessages: 'MENTIONS', TargetedMessages: 'ALL' },
    WelcomeIntent: 'Say_Hello',
  },
};

async function bot(Name, more = {}) {
  const { AppInstanceBotArn } = await send(CreateAppInstanceBotCommand, {
    AppInstanceArn: world.arn,
    Name,
    Configuration,
    ...more,
  });
  return { arn: AppInstanceBotArn, name: Name, identity: { Arn: AppInstanceBotArn, Name } };
}

ours('A bot is created, described, updated, listed and deleted', why, async () => {
  const { arn } = await bot('Helper', { Metadata: '{}' });
  assert.match(arn, /\/bot\/[0-9a-f-]{36}$/);
  exactly(await send(DescribeAppInstanceBotCommand, { AppInstanceBotArn: arn }), {
    AppInstanceBot: {
      AppInstanceBotArn: arn,
      Name: 'Helper',
      Metadata: '{}',
      Configuration,
      CreatedTimestamp: aRecentDate,
      LastUpdatedTimestamp: aRecentDate,
    },
  });
  exactly(await send(UpdateAppInstanceBotCommand, { AppInstanceBotArn: arn, Name: 'Renamed', Metadata: 'new' }), {
    AppInstanceBotArn: arn,
  });
  exactly(await send(ListAppInstanceBotsCommand, { AppInstanceArn: world.arn }), {
    AppInstanceArn: world.arn,
    AppInstanceBots: [{ AppInstanceBotArn: arn, Name: 'Renamed', Metadata: 'new' }],
  });
  exactly(await send(ListAppInstanceUsersCommand, { AppInstanceArn: world.arn }), {
    AppInstanceArn: world.arn,
    AppInstanceUsers: [{ AppInstanceUserArn: ann.arn, Name: 'ann' }],
  });
  const deleted = await send(DeleteAppInstanceBotCommand, { AppInstanceBotArn: arn });
  assert.equal(deleted.$metadata.httpStatusCode, 204);
  await refused(send(DescribeAppInstanceBotCommand, { AppInstanceBotArn: arn }), NotFoundException, 'NotFound', 404);
  await refused(send(DeleteAppInstanceBotCommand, { AppInstanceBotArn: arn }), ForbiddenException, 'Forbidden', 403);
});

ours('Bots come in pages', why, async () => {
  const made = [await bot('one'), await bot('two'), await bot('three')].map(b => b.arn);
  const listed = await all(paginateListAppInstanceBots, identity, { AppInstanceArn: world.arn }, 'AppInstanceBots', 2);
  assert.deepEqual(
    made.filter(arn => !listed.some(b => b.AppInstanceBotArn === arn)),
    [],
  );
});

ours('A bot is a member, a moderator, an administrator, a sender and a target', why, async () => {
  const helper = await bot('Helper');
  const channel = await world.channel(ann);
  exactly(
    await as(ann, CreateChannelMembershipCommand, { ChannelArn: channel, MemberArn: helper.arn, Type: 'DEFAULT' }),
    {
      ChannelArn: channel,
      Member: helper.identity,
    },
  );
  const said = await say(helper, channel, 'I am a bot');
  const aimed = await say(ann, channel, 'between us', { Target: [{ MemberArn: helper.arn }] });
  const { ChannelMessages } = await as(helper, ListChannelMessagesCommand, { ChannelArn: channel });
  assert.deepEqual(
    ChannelMessages.map(m => m.MessageId),
    [aimed, said],
  );
  const { ChannelMessage } = await as(ann, GetChannelMessageCommand, { ChannelArn: channel, MessageId: said });
  exactly(ChannelMessage.Sender, helper.identity);
  await as(ann, CreateChannelModeratorCommand, { ChannelArn: channel, ChannelModeratorArn: helper.arn });
  await join(helper, channel, await world.user('bob'));
  exactly(await send(CreateAppInstanceAdminCommand, { AppInstanceArn: world.arn, AppInstanceAdminArn: helper.arn }), {
    AppInstanceArn: world.arn,
    AppInstanceAdmin: helper.identity,
  });
  await send(DeleteAppInstanceBotCommand, { AppInstanceBotArn: helper.arn });
  const { ChannelMemberships } = await as(ann, ListChannelMembershipsCommand, { ChannelArn: channel });
  assert.equal(ChannelMemberships.length, 2);
});
