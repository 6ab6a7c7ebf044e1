import { expect, test } from 'vitest';
import { admission, behind, functionOf, strayed } from './words.ts';

const route = (more: object) => ({ routeId: 'r', routeKey: 'join', ...more });

test('what is behind a route is said in words', () => {
  const integrations = [
    {
      integrationId: 'f',
      integrationType: 'AWS_PROXY',
      integrationUri:
        'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:join/invocations',
    },
    { integrationId: 'c', integrationType: 'AWS_PROXY', integrationUri: 'carillon:handler/rooms/join' },
    { integrationId: 'h', integrationType: 'HTTP_PROXY', integrationUri: 'http://127.0.0.1:9000/x' },
    { integrationId: 'm', integrationType: 'MOCK' },
  ];
  const of = (target?: string) => behind(route({ target }), integrations);
  expect(of('integrations/f')).toEqual({ what: 'Function', where: 'join' });
  expect(of('integrations/c')).toEqual({ what: 'Handler in C#', where: 'rooms/join' });
  expect(of('integrations/h')).toEqual({ what: 'HTTP', where: 'http://127.0.0.1:9000/x' });
  expect(of('integrations/m').what).toBe('Mock');
  expect(of('integrations/gone').what).toBe('Missing');
  expect(of().what).toBe('Nothing');
});

test('a function is named by what is called', () => {
  expect(functionOf('arn:aws:lambda:us-east-1:123456789012:function:hello:live')).toBe('hello');
  expect(functionOf('elsewhere')).toBe('elsewhere');
});

test('only $connect says who may pass', () => {
  expect(admission(route({}), [])).toBeNull();
  expect(admission(route({ routeKey: '$connect' }), [])).toBe('Anybody may connect');
  expect(
    admission(route({ routeKey: '$connect', authorizationType: 'CUSTOM', authorizerId: 'a' }), [
      { authorizerId: 'a', name: 'people', authorizerType: 'REQUEST' },
    ]),
  ).toContain('people');
});

test('stages that were asked for in vain are told once each, the last first', () => {
  const at = (second: number, stageName: string, sourceIp = '::1') => ({
    at: `2026-11-22T10:00:0${second}.000Z`,
    stageName,
    sourceIp,
  });
  const told = strayed([at(1, 'prod'), at(2, 'test'), at(3, 'prod', '10.0.0.7')]);
  expect(told.map(s => s.stageName)).toEqual(['prod', 'test']);
  expect(told[0]?.what).toMatch(/^2 times, the last at .*00:03.* from 10\.0\.0\.7$/);
  expect(told[1]?.what).toMatch(/^once, at .*00:02.* from ::1$/);
  expect(strayed([])).toEqual([]);
});
