import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

const handler = `
export const hello = async event => {
  console.log('hello from', event.requestContext.connectionId);
  return { statusCode: 200, body: JSON.stringify({ type: 'hello' }) };
};
export const broken = async () => {
  throw new TypeError('the handler was written to fail');
};
`;

/** APIs and functions to look at, as settings files. */
export async function definitions(): Promise<{ flags: string[]; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-definitions-'));
  const mock = (id: string, status: number, body: object | null) => ({
    integration: {
      integrationId: id,
      integrationType: 'MOCK',
      requestTemplates: { $default: JSON.stringify({ statusCode: status }) },
    },
    responses: body
      ? [
          {
            integrationId: id,
            integrationResponseKey: '$default',
            responseTemplates: { $default: JSON.stringify(body) },
          },
        ]
      : [],
  });
  const call = (name: string) => ({
    integrationId: name,
    integrationType: 'AWS_PROXY',
    integrationUri: functionArn(name),
  });
  const route = (routeKey: string, integration?: string, isTwoWay = false) => ({
    routeId: routeKey.replace('$', ''),
    routeKey,
    ...(integration && { target: `integrations/${integration}` }),
    ...(isTwoWay && { routeResponseSelectionExpression: '$default' }),
  });
  const [pong, let_in, refuse] = [
    mock('pong', 200, { type: 'pong' }),
    mock('letin', 200, null),
    mock('refuse', 403, null),
  ];
  const apis = [
    {
      api: {
        apiId: 'echo',
        name: 'Echo',
        description: 'Answers what it is asked',
        protocolType: 'WEBSOCKET',
        routeSelectionExpression: '$request.body.action',
      },
      integrations: [pong.integration, let_in.integration, call('hello'), call('broken')],
      integrationResponses: pong.responses,
      routes: [
        route('$connect', 'letin'),
        route('ping', 'pong', true),
        route('hello', 'hello', true),
        route('broken', 'broken', true),
        route('quiet'),
      ],
      routeResponses: ['ping', 'hello', 'broken'].map(routeId => ({ routeId, routeResponseKey: '$default' })),
      stages: [
        { stageName: 'dev', stageVariables: { table: 'people' } },
        { stageName: 'prod', defaultRouteSettings: { throttlingRateLimit: 50, throttlingBurstLimit: 100 } },
      ],
    },
    {
      api: {
        apiId: 'locked',
        name: 'Locked',
        protocolType: 'WEBSOCKET',
        routeSelectionExpression: '$request.body.action',
      },
      integrations: [refuse.integration],
      routes: [route('$connect', 'refuse')],
      stages: [{ stageName: 'dev' }],
    },
  ];
  const functions = {
    Functions: ['hello', 'broken'].map(name => ({
      FunctionName: name,
      Runtime: 'nodejs22.x',
      Handler: `index.${name}`,
      Folder: folder,
      Timeout: 10,
    })),
  };
  await writeFile(join(folder, 'index.mjs'), handler);
  await writeFile(join(folder, 'gateway.json'), JSON.stringify(apis));
  await writeFile(join(folder, 'functions.json'), JSON.stringify(functions));
  return {
    flags: [
      '--gateway-definitions',
      join(folder, 'gateway.json'),
      '--functions',
      '--functions-file',
      join(folder, 'functions.json'),
    ],
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
