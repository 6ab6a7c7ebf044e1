// Handlers as tutorials have them, with AWS's own client inside, behind a WebSocket API; a server of this file's own, because functions
// are off unless wanted.

import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join as path } from 'node:path';
import nodeTest from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import WebSocket from 'ws';
import { assert } from '../lib/assert.js';
import { removeFolder, Server, temporaryFolder } from '../lib/server.js';
import { iamClient, isAws, ours } from '../lib/target.js';
import { deadline } from '../lib/wait.js';
import { unique } from '../lib/world.js';
import { zip } from '../lib/zip.js';

const why = 'its functions run on this machine';
const account = '123456789012';
let data;
let server;
let lambda;
let control;
let Role;
let elsewhere;
let endpoint;
const asked = [];

if (!isAws) {
  data = await temporaryFolder();
  const FunctionModules = fileURLToPath(new URL('../node_modules', import.meta.url));
  await writeFile(path(data, 'settings.json'), JSON.stringify({ Functions: true, FunctionModules }));
  server = await Server.start({ data });
  const settings = { region: 'us-east-1', endpoint: server.http, credentials: await server.credentials() };
  lambda = new LambdaClient(settings);
  control = new ApiGatewayV2Client(settings);
  const iam = iamClient(settings);
  const RoleName = unique('gateway');
  const allow = more => JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', ...more } });
  const trust = allow({ Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' });
  Role = (await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }))).Role.Arn;
  const may = allow({ Action: 'execute-api:ManageConnections', Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'may', PolicyDocument: may }));
  elsewhere = createServer((request, response) => {
    asked.push({ target: request.url, authorization: request.headers.authorization });
    response.end('"from elsewhere"');
  });
  await new Promise(resolve => elsewhere.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${elsewhere.address().port}`;
}

nodeTest.after(async () => {
  lambda?.destroy();
  control?.destroy();
  elsewhere?.closeAllConnections();
  elsewhere?.close();
  await server?.stop();
  if (data) {
    await removeFolder(data);
  }
});

/** The address of an API whose messages go to a function. */
async function api({ file, text, Variables = {}, ...more }) {
  const FunctionName = unique('handler');
  const created = { FunctionName, Role, Timeout: 20, Code: { ZipFile: zip(file, text) }, Environment: { Variables } };
  const { FunctionArn } = await lambda.send(new CreateFunctionCommand({ ...created, ...more }));
  const made = { Name: FunctionName, ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' };
  const { ApiId } = await control.send(new CreateApiCommand(made));
  await lambda.send(
    new AddPermissionCommand({
      FunctionName,
      StatementId: 'gateway',
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: `arn:aws:execute-api:us-east-1:${account}:${ApiId}/*`,
    }),
  );
  const IntegrationUri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`;
  const integration = { ApiId, IntegrationType: 'AWS_PROXY', IntegrationMethod: 'POST', IntegrationUri };
  const { IntegrationId } = await control.send(new CreateIntegrationCommand(integration));
  for (const RouteKey of ['$connect', '$disconnect', '$default']) {
    await control.send(new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}` }));
  }

  await control.send(new CreateStageCommand({ ApiId, StageName: 'dev', AutoDeploy: true }));
  return `${server.http.replace('http:', 'ws:')}/ws/${ApiId}/dev`;
}

/** What a client hears after it has said something. */
async function heard(url, said) {
  const socket = new WebSocket(url);
  const first = new Promise((resolve, reject) => {
    socket.on('message', text => resolve(text.toString()));
    socket.on('error', reject);
  });
  socket.on('open', () => socket.send(said));
  try {
    return await deadline(first, 30_000, () => 'a text');
  } finally {
    socket.terminate();
  }
}

const node = body => `
import { ApiGatewayManagementApiClient, PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
export const handler = async (event) => {
  const { domainName, stage, connectionId, routeKey } = event.requestContext;
  if (routeKey === '$default') {
    const client = new ApiGatewayManagementApiClient({ endpoint: 'https://' + domainName + '/' + stage });
    const Data = ${body};
    await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
  }
  return { statusCode: 200 };
};`;

const javascript = { file: 'index.mjs', Runtime: 'nodejs22.x', Handler: 'index.handler' };

ours('the SDK inside a function posts to the connection whose message it handles', why, async () => {
  const url = await api({ ...javascript, text: node('"you said " + event.body') });
  assert.equal(await heard(url, 'hällo'), 'you said hällo');
});

ours('the SDK inside a function asks for a service where the settings of the function say', why, async () => {
  const ask =
    '(await new LambdaClient({}).send(new InvokeCommand({ FunctionName: "other" }))).Payload.transformToString()';
  const url = await api({ ...javascript, text: node(ask), Variables: { AWS_ENDPOINT_URL_LAMBDA: endpoint } });
  assert.equal(await heard(url, 'x'), '"from elsewhere"');
  assert.equal(asked[0].target, '/2015-03-31/functions/other/invocations');
  assert.match(
    asked[0].authorization,
    /^AWS4-HMAC-SHA256 Credential=ASIA[A-Z0-9]+\/\d{8}\/us-east-1\/lambda\/aws4_request, /,
  );
});
