// The page that says what is here and what is not names every command that the official clients have.

import { readFileSync } from 'node:fs';
import * as identity from '@aws-sdk/client-chime-sdk-identity';
import * as messaging from '@aws-sdk/client-chime-sdk-messaging';
import { assert } from '../lib/assert.js';
import { identityClient, messagingClient, ours } from '../lib/target.js';

const why = 'the page is about our server';
const page = readFileSync(new URL('../../../docs/coverage.md', import.meta.url), 'utf8');

/** Operations of a section, each with the word behind it. */
function rowsOf(service) {
  const section = page.split('\n## ').find(part => part.startsWith(`${service}: `));
  assert.ok(section, `The page has a section ${service}.`);
  return new Map([...section.matchAll(/^\| (\w+) \| (yes|no) \|/gm)].map(row => [row[1], row[2]]));
}

// Without its labels no client sends a command. They are ARNs of nothing, and too short to be any.
const labels = {
  AppInstanceArn: 'x',
  AppInstanceAdminArn: 'x',
  AppInstanceBotArn: 'x',
  AppInstanceUserArn: 'x',
  ChannelArn: 'x',
  ChannelFlowArn: 'x',
  ChannelModeratorArn: 'x',
  EndpointId: 'x',
  MemberArn: 'x',
  MessageId: 'x',
};

const commandsOf = sdk =>
  Object.keys(sdk)
    .filter(name => name.endsWith('Command') && name !== '$Command')
    .map(name => name.slice(0, -'Command'.length));

for (const [service, sdk, count] of [
  ['Chime SDK Identity', identity, 30],
  ['Chime SDK Messaging', messaging, 51],
]) {
  ours(`Every command of the client of ${service} is on the page of coverage, and no other`, why, () => {
    const commands = commandsOf(sdk);
    assert.equal(commands.length, count);
    assert.deepEqual([...rowsOf(service).keys()].sort(), commands.sort());
  });
}

ours('A command that the page calls supported is answered, and one that it does not is unknown', why, async () => {
  for (const [service, sdk, client] of [
    ['Chime SDK Identity', identity, identityClient()],
    ['Chime SDK Messaging', messaging, messagingClient()],
  ]) {
    for (const [name, supported] of rowsOf(service)) {
      const error = await client.send(new sdk[`${name}Command`](labels)).then(
        () => null,
        e => e,
      );
      const isUnknown = error?.name === 'UnknownOperationException';
      assert.equal(isUnknown, supported === 'no', `${name}: ${error?.name} ${error?.message}`);
    }
  }
});
