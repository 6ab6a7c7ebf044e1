import { expect, test } from 'vitest';
import { commands, quoted, socketOf } from './commands.ts';

const place = { region: 'eu-central-1', account: '123456789012', plain: 'http://localhost:4580/', tls: null };

test('every line is pointed at this server and region', () => {
  const all = commands(place);
  const lines = [
    all.apis,
    all.api('abc'),
    all.routes('abc'),
    all.connections('abc', 'dev'),
    all.events('abc', 'dev'),
    all.post('abc', 'dev'),
    all.functions,
    all.invoke('hello'),
  ];
  for (const line of lines) {
    expect(line).toContain('http://localhost:4580');
    expect(line).not.toContain('4580//');
    expect(line).toContain('eu-central-1');
  }
  expect(all.wscat('abc', 'dev')).toBe('npx wscat -c ws://localhost:4580/ws/abc/dev');
});

test('stages are spelled as a path wants them', () => {
  expect(socketOf({ plain: 'https://host/' }, 'abc', '$default')).toBe('wss://host/ws/abc/$default');
  expect(socketOf({ plain: 'http://host' }, 'a b', 'dev')).toBe('ws://host/ws/a%20b/dev');
});

test('what a shell would read is quoted', () => {
  expect(quoted('hello-1')).toBe('hello-1');
  expect(quoted("o'hara; rm")).toBe(`'o'\\''hara; rm'`);
});
