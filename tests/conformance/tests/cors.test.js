// Browsers call the API from other origins: every path answers their unsigned preflight, and shows what SDKs read.

import { assert } from '../lib/assert.js';
import { ours, region, server, test } from '../lib/target.js';

const base = {
  messaging: server?.http ?? `https://messaging-chime.${region}.amazonaws.com`,
  sts: server?.http ?? `https://sts.${region}.amazonaws.com`,
  identity: server?.http ?? `https://identity-chime.${region}.amazonaws.com`,
};
const app = 'arn:aws:chime:us-east-1:123456789012:app-instance/11111111-2222-3333-4444-555555555555';
const channel = encodeURIComponent(`${app}/channel/general`);
const user = encodeURIComponent(`${app}/user/us-east-1:a@b.c`);
const common =
  'authorization,content-type,x-amz-date,x-amz-security-token,x-amz-content-sha256,x-amz-user-agent,' +
  'amz-sdk-invocation-id,amz-sdk-request';

const paths = [
  ['messaging', 'POST', '/channels'],
  ['messaging', 'GET', '/channels?scope=app-instance-user-memberships'],
  ['messaging', 'PUT', `/channels/${channel}`],
  ['messaging', 'POST', `/channels/${channel}/messages`],
  ['messaging', 'DELETE', `/channels/${channel}/memberships/${user}`],
  ['messaging', 'PUT', `/channels/${channel}/readMarker`],
  ['messaging', 'GET', '/endpoints/messaging-session'],
  ['messaging', 'GET', '/channel-flows?app-instance-arn=x'],
  ['messaging', 'POST', '/tags?operation=tag-resource'],
  ['sts', 'POST', '/'],
  ['identity', 'GET', '/app-instance-users?app-instance-arn=x'],
  ['identity', 'PUT', `/app-instance-users/${user}`],
];

const listOf = value => (value ?? '').split(',').map(item => item.trim().toLowerCase());

for (const [service, method, path] of paths) {
  test(`An unsigned preflight for ${method} ${path.replace(/arn[^/]+/g, '{arn}')} is answered`, async () => {
    const headers = service === 'sts' ? common : `${common},x-amz-chime-bearer`;
    const answer = await fetch(base[service] + path, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://chat.example.org',
        'access-control-request-method': method,
        'access-control-request-headers': headers,
      },
    });
    assert.ok(answer.ok, `status ${answer.status}`);
    assert.ok(['*', 'https://chat.example.org'].includes(answer.headers.get('access-control-allow-origin')));
    const methods = listOf(answer.headers.get('access-control-allow-methods'));
    assert.ok(methods.includes(method.toLowerCase()) || methods.includes('*'), `${methods}`);
    const allowed = listOf(answer.headers.get('access-control-allow-headers'));
    for (const header of headers.split(',')) {
      assert.ok(allowed.includes(header), `${header} is not allowed`);
    }
  });
}

ours('A refusal shows browsers its type, its request id and the date', 'AWS exposes what it likes', async () => {
  const answer = await fetch(`${base.messaging}/endpoints/messaging-session`, {
    headers: { origin: 'https://chat.example.org' },
  });
  assert.equal(answer.status, 403);
  assert.ok(['*', 'https://chat.example.org'].includes(answer.headers.get('access-control-allow-origin')));
  const exposed = listOf(answer.headers.get('access-control-expose-headers'));
  for (const header of ['x-amzn-errortype', 'x-amzn-requestid', 'date']) {
    assert.ok(exposed.includes(header), `${header} is not exposed`);
    assert.ok(answer.headers.get(header), `${header} is not there`);
  }
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.deepEqual(Object.keys(await answer.json()), ['Code', 'Message']);
});
