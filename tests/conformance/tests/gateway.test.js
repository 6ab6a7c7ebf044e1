// A WebSocket API from its making to @connections, as a tutorial does it, with AWS's own clients.

import nodeTest from 'node:test';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import {
  ApiGatewayV2Client,
  ConflictException,
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateIntegrationResponseCommand,
  CreateRouteCommand,
  CreateRouteResponseCommand,
  CreateStageCommand,
  DeleteApiCommand,
  GetApiCommand,
  GetRoutesCommand,
  GetTagsCommand,
  NotFoundException,
  TagResourceCommand,
} from '@aws-sdk/client-apigatewayv2';
import WebSocket from 'ws';
import { assert } from '../lib/assert.js';
import { isAws, ours, region, rootCredentials, server } from '../lib/target.js';
import { deadline } from '../lib/wait.js';

const why = 'its address is ours';
const settings = { region, credentials: rootCredentials };
let control;
let api;
let socket;
let id;
const heard = [];
const waiting = [];

/** The next text that the socket hears. */
const next = () =>
  heard.length > 0
    ? Promise.resolve(heard.shift())
    : deadline(new Promise(resolve => waiting.push(resolve)), 10_000, () => 'a text');

const management = ending =>
  new ApiGatewayManagementApiClient({ ...settings, endpoint: `${server.http}/ws/${api}/dev${ending}` });

if (!isAws) {
  control = new ApiGatewayV2Client({ ...settings, endpoint: server.http });
  nodeTest.after(() => {
    socket?.terminate();
    control.destroy();
  });
}

ours('An API is made as tutorials make it', why, async () => {
  const made = await control.send(
    new CreateApiCommand({ Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: '$request.body.action' }),
  );
  api = made.ApiId;
  assert.equal(made.ApiEndpoint, `wss://localhost:${server.tlsPort}/ws/${api}`);
  const { CreatedDate } = await control.send(new GetApiCommand({ ApiId: api }));
  assert.ok(CreatedDate instanceof Date && Math.abs(Date.now() - CreatedDate.getTime()) < 60_000);
  const { IntegrationId } = await control.send(
    new CreateIntegrationCommand({
      ApiId: api,
      IntegrationType: 'MOCK',
      RequestTemplates: { 200: '{"statusCode":200}' },
      TemplateSelectionExpression: '200',
    }),
  );
  await control.send(
    new CreateIntegrationResponseCommand({
      ApiId: api,
      IntegrationId,
      IntegrationResponseKey: '$default',
      ResponseTemplates: { 200: '{"type":"pong"}' },
      TemplateSelectionExpression: '200',
    }),
  );
  const { RouteId } = await control.send(
    new CreateRouteCommand({
      ApiId: api,
      RouteKey: 'ping',
      Target: `integrations/${IntegrationId}`,
      RouteResponseSelectionExpression: '$default',
    }),
  );
  await control.send(new CreateRouteResponseCommand({ ApiId: api, RouteId, RouteResponseKey: '$default' }));
  const { DeploymentId, DeploymentStatus } = await control.send(new CreateDeploymentCommand({ ApiId: api }));
  assert.equal(DeploymentStatus, 'DEPLOYED');
  await control.send(new CreateStageCommand({ ApiId: api, StageName: 'dev', DeploymentId }));
});

ours('Exceptions are those of the client', why, async () => {
  const again = new CreateRouteCommand({ ApiId: api, RouteKey: 'ping' });
  await assert.rejects(control.send(again), error => error instanceof ConflictException);
  await assert.rejects(
    control.send(new GetApiCommand({ ApiId: 'absent' })),
    error => error instanceof NotFoundException,
  );
  const { Items } = await control.send(new GetRoutesCommand({ ApiId: api }));
  assert.deepEqual(
    Items.map(route => route.RouteKey),
    ['ping'],
  );
});

ours('Tags are set by ARN', why, async () => {
  const ResourceArn = `arn:aws:apigateway:${region}::/apis/${api}`;
  await control.send(new TagResourceCommand({ ResourceArn, Tags: { team: 'chat' } }));
  assert.deepEqual((await control.send(new GetTagsCommand({ ResourceArn }))).Tags, { team: 'chat' });
});

ours('A socket opens, is answered, and is told what has no route', why, async () => {
  socket = new WebSocket(`${server.http.replace('http', 'ws')}/ws/${api}/dev/`);
  socket.on('message', data => (waiting.shift() ?? (text => heard.push(text)))(data.toString()));
  await deadline(
    new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject)),
    10_000,
    () => 'the socket',
  );
  socket.send('{"action":"ping"}');
  assert.equal(await next(), '{"type":"pong"}');
  socket.send('{"action":"absent"}');
  const error = JSON.parse(await next());
  assert.equal(error.message, 'Forbidden');
  id = error.connectionId;
});

for (const ending of ['', '/']) {
  ours(`@connections posts and tells with an endpoint that ends in "dev${ending}"`, why, async () => {
    const client = management(ending);
    await client.send(new PostToConnectionCommand({ ConnectionId: id, Data: Buffer.from('héllo') }));
    assert.equal(await next(), 'héllo');
    const told = await client.send(new GetConnectionCommand({ ConnectionId: id }));
    assert.ok(told.ConnectedAt instanceof Date && told.LastActiveAt >= told.ConnectedAt);
    assert.equal(told.Identity.SourceIp, '127.0.0.1');
    client.destroy();
  });
}

ours('A deleted connection closes with 1000, and is gone for the client that asks again', why, async () => {
  const client = management('');
  const closed = deadline(new Promise(resolve => socket.once('close', resolve)), 10_000, () => 'the close');
  await client.send(new DeleteConnectionCommand({ ConnectionId: id }));
  assert.equal(await closed, 1000);
  const post = new PostToConnectionCommand({ ConnectionId: id, Data: Buffer.from('x') });
  await assert.rejects(
    client.send(post),
    error => error instanceof GoneException && error.$metadata.httpStatusCode === 410,
  );
  client.destroy();
});

ours('A deleted API lets nobody in', why, async () => {
  await control.send(new DeleteApiCommand({ ApiId: api }));
  const refused = new WebSocket(`${server.http.replace('http', 'ws')}/ws/${api}/dev`);
  const error = await deadline(new Promise(resolve => refused.once('error', resolve)), 10_000, () => 'the refusal');
  assert.equal(error.message, 'Unexpected server response: 403');
});
