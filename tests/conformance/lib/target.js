// What the tests aim at: a server of this repository, or AWS itself. The run decides; the tests do not ask.

import nodeTest from 'node:test';
import { ChimeSDKIdentityClient } from '@aws-sdk/client-chime-sdk-identity';
import { ChimeSDKMessagingClient } from '@aws-sdk/client-chime-sdk-messaging';
import { CognitoIdentityClient } from '@aws-sdk/client-cognito-identity';
import { IAMClient } from '@aws-sdk/client-iam';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { STSClient } from '@aws-sdk/client-sts';

const local = process.env.CARILLON_CONFORMANCE_SERVER ? JSON.parse(process.env.CARILLON_CONFORMANCE_SERVER) : null;

export const isAws = process.env.CARILLON_CONFORMANCE_TARGET === 'aws';

if (!isAws && !local) {
  throw new Error('The tests are started by "npm test", which starts the server that they need.');
}

/** Where our server is and what it holds; null when the target is AWS. */
export const server = local;

export const region = isAws ? process.env.AWS_REGION : 'us-east-1';

/** Keys of the account's root on our server; on AWS whatever the SDK's own chain finds. */
export const rootCredentials = local?.credentials;

/** Long enough for a loopback server under load; AWS answers from afar, throttles, and makes clients wait. */
export const testTimeout = isAws ? 180_000 : 60_000;

/** A sentence that holds for AWS and for us. */
export const test = (sentence, body) => nodeTest(sentence, { timeout: testTimeout }, body);

/** A sentence about our server alone, with the reason; the run prints those that it left out. */
export const ours = (sentence, why, body) =>
  nodeTest(sentence, { timeout: testTimeout, skip: isAws ? `not for AWS: ${why}` : false }, body);

/**
 * A sentence that holds for AWS and not yet for us. It runs; the run prints that it fails, and fails once it holds, so that
 * the mark is taken away.
 */
export const gap = (sentence, why, body) =>
  nodeTest(sentence, { timeout: testTimeout, todo: isAws ? false : why }, body);

/** @param {object} more whatever a test wants to differ: credentials, systemClockOffset, signer */
function settings(more) {
  return {
    region,
    ...(local ? { endpoint: local.http, credentials: rootCredentials } : { maxAttempts: 12 }),
    ...more,
  };
}

const opened = [];

function open(client) {
  opened.push(client);
  return client;
}

export const messagingClient = more => open(new ChimeSDKMessagingClient(settings(more)));
export const identityClient = more => open(new ChimeSDKIdentityClient(settings(more)));
export const iamClient = more => open(new IAMClient(settings(more)));
export const cognitoClient = more => open(new CognitoIdentityClient(settings(more)));
// Left to itself the client speaks HTTP/2 alone, without TLS with prior knowledge.
export const kinesisClient = more => open(new KinesisClient(settings(more)));
export const stsClient = more => open(new STSClient(settings(more)));

// Sockets kept alive would keep the test's process alive.
nodeTest.after(() => {
  for (const client of opened) {
    client.destroy();
  }
});

export const messaging = messagingClient();
export const identity = identityClient();
export const iam = iamClient();
export const kinesis = kinesisClient();
export const sts = stsClient();

/** A client that changes each request after it is built and before it is signed. */
export function tampered(client, change) {
  client.middlewareStack.add(
    next => args => {
      change(args.request);
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  return client;
}
