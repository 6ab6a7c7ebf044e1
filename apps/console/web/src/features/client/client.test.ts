import { beforeEach, expect, test } from 'vitest';
import { type ClientState, mostLines, TestClient } from './client.ts';

class FakeSocket {
  protocol = '';
  sent: string[] = [];
  closedWith: number | undefined;
  onopen: unknown;
  onmessage: unknown;
  onclose: unknown;
  send(text: unknown) {
    this.sent.push(String(text));
  }
  close(code?: number) {
    this.closedWith = code;
  }
  opens() {
    (this.onopen as () => void)();
  }
  says(data: unknown) {
    (this.onmessage as (e: unknown) => void)({ data });
  }
  closes(code: number, reason = '') {
    (this.onclose as (e: unknown) => void)({ code, reason });
  }
}

let sockets: FakeSocket[];
let state: ClientState;
let now: number;
let client: TestClient;
const socket = () => sockets.at(-1) as FakeSocket;
const said = () => state.lines.filter(l => l.who !== 'note').map(l => `${l.who}: ${l.text}`);

beforeEach(() => {
  sockets = [];
  now = 1000;
  client = new TestClient(
    s => {
      state = s;
    },
    () => {
      sockets.push(new FakeSocket());
      return socket();
    },
    () => now,
  );
});

test('it says, hears, and tells how long the first answer took', () => {
  client.connect('ws://here', []);
  expect(client.send('early')).toBe(false);
  socket().opens();
  expect(client.send('hello')).toBe(true);
  now += 12;
  socket().says('one');
  now += 30;
  socket().says('two');
  expect(socket().sent).toEqual(['hello']);
  expect(said()).toEqual(['you: hello', 'server: one', 'server: two']);
  expect(state.lines.map(l => l.tookMs).filter(t => t !== undefined)).toEqual([12]);
});

test('an end says its code and whether there was ever a connection', () => {
  client.connect('ws://here', []);
  socket().closes(1006);
  expect(state.closed).toEqual({ code: 1006, reason: '', wasOpen: false });
  client.connect('ws://here', []);
  socket().opens();
  socket().closes(1001, 'Going away');
  expect(state).toMatchObject({ phase: 'closed', closed: { code: 1001, reason: 'Going away', wasOpen: true } });
});

test('connecting again lets go of the connection before, which says nothing more', () => {
  client.connect('ws://here', []);
  const first = socket();
  first.opens();
  client.connect('ws://there', []);
  expect(first.closedWith).toBe(1000);
  first.says('late');
  first.closes(1000);
  expect(state.phase).toBe('connecting');
  expect(said()).toEqual([]);
});

test('the sub-protocol that was chosen is told', () => {
  client.connect('ws://here', ['a', 'b']);
  socket().protocol = 'b';
  socket().opens();
  expect(state.protocol).toBe('b');
});

test('it keeps so many lines and no more', () => {
  client.connect('ws://here', []);
  socket().opens();
  for (let n = 0; n < mostLines + 10; n++) socket().says(`${n}`);
  expect(state.lines.length).toBe(mostLines);
  expect(state.lines.at(-1)?.text).toBe(`${mostLines + 9}`);
});

test('an address that is none is told as it is', () => {
  const broken = new TestClient(
    s => {
      state = s;
    },
    () => {
      throw new Error('no address');
    },
  );
  broken.connect('nowhere', []);
  expect(state.phase).toBe('closed');
  expect(state.lines.at(-1)?.text).toBe('no address');
});
