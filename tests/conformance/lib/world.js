// An app instance of its own for each test file, with the people and the verbs that tests speak with.

import { randomUUID } from 'node:crypto';
import nodeTest from 'node:test';
import {
  CreateAppInstanceAdminCommand,
  CreateAppInstanceCommand,
  CreateAppInstanceUserCommand,
  DeleteAppInstanceCommand,
} from '@aws-sdk/client-chime-sdk-identity';
import {
  CreateChannelCommand,
  CreateChannelMembershipCommand,
  SendChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { identity, messaging } from './target.js';

export const unique = prefix => `${prefix}-${randomUUID()}`;

export class World {
  constructor(arn) {
    this.arn = arn;
  }

  /** Removes the app instance, and with it everything below, when the file's tests are over. */
  static async create() {
    const { AppInstanceArn } = await identity.send(new CreateAppInstanceCommand({ Name: unique('conformance') }));
    const world = new World(AppInstanceArn);
    nodeTest.after(() => world.deleted || world.delete());
    return world;
  }

  async delete() {
    this.deleted = true;
    await identity.send(new DeleteAppInstanceCommand({ AppInstanceArn: this.arn }));
  }

  userArn(id) {
    return `${this.arn}/user/${id}`;
  }

  channelArn(id) {
    return `${this.arn}/channel/${id}`;
  }

  /** A new user, called like the id's first letters. */
  async user(name, more = {}) {
    const AppInstanceUserId = unique(name);
    const { AppInstanceUserArn } = await identity.send(
      new CreateAppInstanceUserCommand({ AppInstanceArn: this.arn, AppInstanceUserId, Name: name, ...more }),
    );
    return { arn: AppInstanceUserArn, name, id: AppInstanceUserId, identity: { Arn: AppInstanceUserArn, Name: name } };
  }

  users(...names) {
    return Promise.all(names.map(name => this.user(name)));
  }

  async admin(name) {
    const user = await this.user(name);
    await identity.send(new CreateAppInstanceAdminCommand({ AppInstanceArn: this.arn, AppInstanceAdminArn: user.arn }));
    return user;
  }

  /** A channel whose creator is its first member and moderator. */
  async channel(creator, members = [], more = {}) {
    const { ChannelArn } = await as(creator, CreateChannelCommand, {
      AppInstanceArn: this.arn,
      Name: unique('channel'),
      Mode: 'RESTRICTED',
      Privacy: 'PRIVATE',
      ...more,
    });
    for (const member of members) {
      await join(creator, ChannelArn, member);
    }

    return ChannelArn;
  }
}

/** Sends a messaging command in the name of a user. */
export const as = (user, Command, input = {}, client = messaging) =>
  client.send(new Command({ ChimeBearer: user.arn, ...input }));

export const join = (inviter, ChannelArn, member, Type = 'DEFAULT') =>
  as(inviter, CreateChannelMembershipCommand, { ChannelArn, MemberArn: member.arn, Type });

/** Sends a persistent standard message unless `more` says otherwise, and answers its id. */
export async function say(sender, ChannelArn, Content, more = {}) {
  const { MessageId } = await as(sender, SendChannelMessageCommand, {
    ChannelArn,
    Content,
    Type: 'STANDARD',
    Persistence: 'PERSISTENT',
    ...more,
  });
  return MessageId;
}

/** All items of a list, by the SDK's own paginator. */
export async function all(paginate, client, input, member, pageSize) {
  const items = [];
  for await (const page of paginate({ client, pageSize }, input)) {
    items.push(...page[member]);
  }

  return items;
}
