import { expect, test } from 'vitest';
import { type Place, quoted, snippets } from './snippets.ts';

const place: Place = {
  region: 'eu-central-1',
  plain: 'http://localhost:4580/',
  tls: 'https://localhost:4543/',
  caPem: true,
  operator: null,
};

test('every client is pointed at this server and region', () => {
  for (const snippet of snippets(place)) {
    expect(snippet.lines).toContain('http://localhost:4580');
    expect(snippet.lines).not.toContain('4580//');
    expect(snippet.lines).toContain('eu-central-1');
  }
});

test('the credentials file is filled in for the operator only', () => {
  const operator = { dataFolder: '/d', credentialsFile: "/home/o'hara/data/credentials", sessions: 0 };
  expect(snippets(place)[0]?.lines).toContain('/path/printed/at/start/credentials');
  expect(snippets({ ...place, operator })[0]?.lines).toContain(`'/home/o'\\''hara/data/credentials'`);
});

test('without a certificate of ours nothing is said about trusting it', () => {
  const all = snippets({ ...place, caPem: false }).map(s => s.lines);
  expect(all.join()).not.toContain('ca.pem');
});

test('plain paths stay unquoted', () => {
  expect(quoted('/var/lib/carillon/credentials')).toBe('/var/lib/carillon/credentials');
});
