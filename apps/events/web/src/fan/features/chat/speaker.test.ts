import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Speaker } from './speaker.ts';

let said: { at: number; text: string }[];
let speaker: Speaker;
const texts = () => said.map(s => s.text);

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  said = [];
  speaker = new Speaker(
    text => said.push({ at: Date.now(), text }),
    n => `${n} new messages`,
    () => Date.now(),
  );
});
afterEach(() => vi.useRealTimers());

test('a single message is read with its author', () => {
  speaker.say('Mia: hello');
  vi.advanceTimersByTime(250);
  expect(texts()).toEqual(['Mia: hello']);
});

test('messages three seconds apart are each read', () => {
  for (let n = 0; n < 5; n++) {
    speaker.say(`Mia: ${n}`);
    vi.advanceTimersByTime(3300);
  }
  expect(texts()).toEqual([0, 1, 2, 3, 4].map(n => `Mia: ${n}`));
});

test('a flood is counted, every ten seconds, and nothing is lost from the count', () => {
  for (let n = 0; n < 300; n++) {
    speaker.say(`Mia: ${n}`);
    vi.advanceTimersByTime(100);
  }
  vi.advanceTimersByTime(10_000);
  for (let n = 1; n < said.length; n++)
    expect((said[n]?.at ?? 0) - (said[n - 1]?.at ?? 0)).toBeGreaterThanOrEqual(n < 3 ? 3000 : 9900);
  const counted = texts().map(text => (text.startsWith('Mia') ? 1 : Number.parseInt(text, 10)));
  expect(counted.reduce((a, b) => a + b, 0)).toBe(300);
});

test('after a flood single messages are read again', () => {
  for (let n = 0; n < 50; n++) speaker.say(`Mia: ${n}`);
  vi.advanceTimersByTime(20_000);
  speaker.say('Mia: calm');
  vi.advanceTimersByTime(10_000);
  speaker.say('Mia: calmer');
  vi.advanceTimersByTime(4000);
  expect(texts().slice(-2)).toEqual(['Mia: calm', 'Mia: calmer']);
});

test('what concerns the listener is heard within two seconds, flood or not', () => {
  for (let n = 0; n < 40; n++) {
    speaker.say(`Mia: ${n}`);
    vi.advanceTimersByTime(100);
  }
  const at = Date.now();
  speaker.say('Ben mentions you: hi', true);
  vi.advanceTimersByTime(2000);
  const heard = said.find(s => s.text.includes('mentions you'));
  expect((heard?.at ?? Number.POSITIVE_INFINITY) - at).toBeLessThanOrEqual(2000);
});

test('a listener may ask for mentions only, or for silence', () => {
  speaker.choice = 'mentions';
  speaker.say('Mia: hello');
  speaker.say('Ben mentions you', true);
  vi.advanceTimersByTime(5000);
  expect(texts()).toEqual(['Ben mentions you']);
  speaker.choice = 'off';
  speaker.say('Mia: hello');
  speaker.say('Ben mentions you', true);
  vi.advanceTimersByTime(20_000);
  expect(said.length).toBe(1);
});
