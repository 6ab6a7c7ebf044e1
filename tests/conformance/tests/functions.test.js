// Lambda's own client against functions that run on this machine; a server of this file's own, because they are off unless wanted.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join as path } from 'node:path';
import nodeTest from 'node:test';
import { CreateAppInstanceCommand, CreateAppInstanceUserCommand } from '@aws-sdk/client-chime-sdk-identity';
import {
  AssociateChannelFlowCommand,
  CreateChannelCommand,
  CreateChannelFlowCommand,
  GetChannelMessageStatusCommand,
  SendChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetPolicyCommand,
  InvalidParameterValueException,
  InvalidRequestContentException,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  RemovePermissionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { assert } from '../lib/assert.js';
import { removeFolder, Server, temporaryFolder } from '../lib/server.js';
import { iamClient, identityClient, isAws, messagingClient, ours } from '../lib/target.js';
import { eventually } from '../lib/wait.js';
import { as, unique } from '../lib/world.js';
import { zip } from '../lib/zip.js';

const why = 'its functions run on this machine';
let data;
let server;
let lambda;
let settings;
let Role;

if (!isAws) {
  data = await temporaryFolder();
  await writeFile(path(data, 'settings.json'), JSON.stringify({ Functions: true }));
  await mkdir(path(data, 'infolder'));
  await writeFile(path(data, 'infolder', 'index.mjs'), 'export const handler = async (event) => event.n * 2;');
  await writeFile(
    path(data, 'functions.json'),
    JSON.stringify({
      Functions: [
        { FunctionName: 'infolder', Runtime: 'nodejs22.x', Handler: 'index.handler', Folder: 'infolder', Timeout: 20 },
      ],
    }),
  );
  server = await Server.start({ data });
  settings = { region: 'us-east-1', endpoint: server.http, credentials: await server.credentials() };
  lambda = new LambdaClient(settings);
  const trust = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
  };
  const input = { RoleName: unique('functions'), AssumeRolePolicyDocument: JSON.stringify(trust) };
  Role = (await iamClient(settings).send(new CreateRoleCommand(input))).Role.Arn;
}

nodeTest.after(async () => {
  lambda?.destroy();
  await server?.stop();
  if (data) {
    await removeFolder(data);
  }
});

async function made(text, more = {}) {
  const FunctionName = unique('function');
  const input = {
    FunctionName,
    Role,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Timeout: 20,
    Code: { ZipFile: zip('index.mjs', text) },
    ...more,
  };
  await lambda.send(new CreateFunctionCommand(input));
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 20 }, { FunctionName });
  return FunctionName;
}

async function invoked(FunctionName, payload, more = {}) {
  const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload), ...more }));
  return { ...answer, text: answer.Payload?.transformToString() };
}

ours('a function is made, invoked, changed, listed and deleted', why, async () => {
  const FunctionName = await made(
    'export const handler = async (event) => ({ hello: event.name, word: process.env.WORD });',
  );
  const first = await invoked(FunctionName, { name: 'ann' }, { LogType: 'Tail' });
  assert.equal(first.text, '{"hello":"ann"}');
  assert.equal(first.StatusCode, 200);
  assert.equal(first.ExecutedVersion, '$LATEST');
  assert.equal(first.FunctionError, undefined);
  assert.match(Buffer.from(first.LogResult, 'base64').toString(), /^START RequestId: [\s\S]*REPORT RequestId: /);

  await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: { WORD: 'w' } } }),
  );
  assert.equal((await invoked(FunctionName, {})).text, '{"word":"w"}');
  await lambda.send(
    new UpdateFunctionCodeCommand({ FunctionName, ZipFile: zip('index.mjs', 'export const handler = async () => 2;') }),
  );
  assert.equal((await invoked(FunctionName, {})).text, '2');
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  assert.equal((await invoked(Configuration.FunctionArn, {})).text, '2');
  assert.ok((await lambda.send(new ListFunctionsCommand({}))).Functions.some(f => f.FunctionName === FunctionName));

  await lambda.send(new DeleteFunctionCommand({ FunctionName }));
  await assert.rejects(lambda.send(new GetFunctionCommand({ FunctionName })), ResourceNotFoundException);
});

ours('a function that throws is answered with its error', why, async () => {
  const answer = await invoked(await made('export const handler = async () => { throw new TypeError("no"); };'), {});
  assert.equal(answer.FunctionError, 'Unhandled');
  assert.equal(JSON.parse(answer.text).errorType, 'TypeError');
});

ours('what is wrong is refused by name', why, async () => {
  const FunctionName = await made('export const handler = async () => 1;');
  await assert.rejects(lambda.send(new InvokeCommand({ FunctionName, Payload: '{' })), InvalidRequestContentException);
  await assert.rejects(made('', { FunctionName }), ResourceConflictException);
  await assert.rejects(made('', { Code: { ZipFile: Buffer.from('no zip') } }), InvalidParameterValueException);
  await assert.rejects(made('', { Environment: { Variables: { AWS_REGION: 'x' } } }), InvalidParameterValueException);
  await assert.rejects(made('', { Role: `${Role}x` }), InvalidParameterValueException);
  await assert.rejects(lambda.send(new InvokeCommand({ FunctionName: 'nothing' })), ResourceNotFoundException);
});

ours('a permission is added, told and removed', why, async () => {
  const FunctionName = await made('export const handler = async () => 1;');
  const input = {
    FunctionName,
    StatementId: 's',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
  };
  const { Statement } = await lambda.send(new AddPermissionCommand(input));
  assert.deepEqual(JSON.parse(Statement).Principal, { Service: 'apigateway.amazonaws.com' });
  assert.equal(JSON.parse((await lambda.send(new GetPolicyCommand({ FunctionName }))).Policy).Statement.length, 1);
  await lambda.send(new RemovePermissionCommand({ FunctionName, StatementId: 's' }));
  await assert.rejects(lambda.send(new GetPolicyCommand({ FunctionName })), ResourceNotFoundException);
});

ours('events and dry runs are answered at once', why, async () => {
  const FunctionName = await made('export const handler = async () => 1;');
  assert.equal((await invoked(FunctionName, {}, { InvocationType: 'Event' })).StatusCode, 202);
  assert.equal((await invoked(FunctionName, {}, { InvocationType: 'DryRun' })).StatusCode, 204);
});

ours('a function in a folder is invoked and not changed', why, async () => {
  assert.equal((await invoked('infolder', { n: 21 })).text, '42');
  await assert.rejects(lambda.send(new DeleteFunctionCommand({ FunctionName: 'infolder' })), ResourceConflictException);
});

ours('a channel flow hands its messages to a function of this server', why, async () => {
  // Nothing calls back, so the message waits.
  const FunctionName = await made(
    `export const handler = async (event) => { console.log('seen ' + event.ChannelMessage.Content); };`,
  );
  const identity = identityClient(settings);
  const messaging = messagingClient(settings);
  const AppInstanceArn = (await identity.send(new CreateAppInstanceCommand({ Name: 'functions' }))).AppInstanceArn;
  const user = { AppInstanceArn, AppInstanceUserId: 'ann', Name: 'ann' };
  const ann = { arn: (await identity.send(new CreateAppInstanceUserCommand(user))).AppInstanceUserArn };
  const { ChannelFlowArn } = await messaging.send(
    new CreateChannelFlowCommand({
      AppInstanceArn,
      Name: 'f',
      Processors: [
        {
          Name: 'p',
          ExecutionOrder: 1,
          FallbackAction: 'ABORT',
          Configuration: {
            Lambda: {
              ResourceArn: `arn:aws:lambda:us-east-1:123456789012:function:${FunctionName}`,
              InvocationType: 'ASYNC',
            },
          },
        },
      ],
    }),
  );
  const { ChannelArn } = await as(ann, CreateChannelCommand, { AppInstanceArn, Name: 'c' }, messaging);
  await as(ann, AssociateChannelFlowCommand, { ChannelArn, ChannelFlowArn }, messaging);
  const message = { ChannelArn, Content: 'to-the-function', Type: 'STANDARD', Persistence: 'PERSISTENT' };
  const { MessageId } = await as(ann, SendChannelMessageCommand, message, messaging);
  await eventually(
    () => readFile(path(data, 'functions', 'logs', `${FunctionName}.log`), 'utf8'),
    log => log?.includes('seen to-the-function'),
    'the function to have the message',
  );
  const { Status } = await as(ann, GetChannelMessageStatusCommand, { ChannelArn, MessageId }, messaging);
  assert.equal(Status.Value, 'PENDING');
});
