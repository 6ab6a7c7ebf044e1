import { expect, test } from 'vitest';
import { Once } from './once.ts';

test('what is pressed twice is done once, and can be done again afterwards', async () => {
  const once = new Once();
  let done = 0;
  let end: () => void = () => {};
  const act = () =>
    new Promise<void>(resolve => {
      done++;
      end = resolve;
    });
  const first = once.run(act);
  expect(await once.run(act)).toBe(false);
  end();
  expect(await first).toBe(true);
  const again = once.run(act);
  end();
  await again;
  expect(done).toBe(2);
});

test('what fails can be tried again', async () => {
  const once = new Once();
  await expect(once.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await once.run(async () => {})).toBe(true);
});
