import { expect, test } from 'vitest';
import { type Pass, Passes } from './pass.ts';

const hour = 3_600_000;

function issuer() {
  const clock = { now: 0, asked: 0 };
  const passes = new Passes(
    async () => {
      clock.asked++;
      return { userArn: `ada-${clock.asked}`, expiresAt: clock.now + hour } as Pass;
    },
    () => clock.now,
  );
  return { clock, passes };
}

test('two who ask at once share one request', async () => {
  const { clock, passes } = issuer();
  const [a, b] = await Promise.all([passes.current(), passes.current()]);
  expect(a).toBe(b);
  expect(clock.asked).toBe(1);
});

test('a pass is renewed before it expires', async () => {
  const { clock, passes } = issuer();
  await passes.current();
  clock.now = hour - 6 * 60_000;
  expect((await passes.current()).userArn).toBe('ada-1');
  clock.now = hour - 4 * 60_000;
  expect((await passes.current()).userArn).toBe('ada-2');
});

test('a refused request is asked again the next time', async () => {
  let asked = 0;
  const passes = new Passes(async () => {
    if (++asked === 1) throw new Error('no');
    return { expiresAt: Number.POSITIVE_INFINITY } as Pass;
  });
  await expect(passes.current()).rejects.toThrow();
  await passes.current();
  expect(asked).toBe(2);
});

test.each([-hour, hour])('a pass is kept, however wrong this clock is (%d ms)', async wrong => {
  const clock = { now: wrong, asked: 0 };
  const passes = new Passes(
    async () => ({ userArn: `ada-${++clock.asked}`, expiresAt: 15 * 60_000 }) as Pass,
    () => clock.now,
  );
  await passes.current();
  clock.now += 4 * 60_000;
  await passes.current();
  expect(clock.asked).toBe(1);
});
