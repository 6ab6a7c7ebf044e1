import { expect, test } from 'vitest';
import { Refusal } from '../../shared/http.ts';
import type { IssuedCode } from '../../staff/session/types.ts';
import { atRisk, forgetKept, KeptCodes, keptOf, type Maker, newBatch, type Order } from './keptCodes.ts';

const code = (number: number, text = `C${number}`): IssuedCode => ({ number, code: text, tier: 'standard' });
const order: Order = { kind: 'make', batch: 'b1', count: 2, tier: 'standard' };

/** A server that keeps its word on batches. */
function maker(): Maker & { fail: Refusal | undefined; asked: string[] } {
  const made = new Set<string>();
  return {
    fail: undefined,
    asked: [],
    async makeTickets(count, _, batch) {
      this.asked.push(batch);
      const again = made.has(batch);
      made.add(batch);
      if (this.fail) throw this.fail;
      return { codes: Array.from({ length: count }, (_, i) => code(i + 1, again ? `again${i + 1}` : `first${i + 1}`)) };
    },
    importTickets: async () => ({ made: 1, known: 0, refused: [], codes: [code(9)] }),
  };
}

test('what comes before the last was saved is added to it, and after that takes its place', () => {
  const kept = new KeptCodes();
  kept.add([code(1), code(2)]);
  kept.add([code(3)]);
  expect(kept.snapshot()).toMatchObject({ codes: [code(1), code(2), code(3)], saved: false, atRisk: true });
  kept.save();
  expect(kept.snapshot()).toMatchObject({ codes: [code(1), code(2), code(3)], saved: true, atRisk: false });
  kept.add([code(4)]);
  expect(kept.snapshot()).toMatchObject({ codes: [code(4)], saved: false });
});

test('of a ticket the newest code alone is kept', () => {
  const kept = new KeptCodes();
  kept.add([code(1, 'old'), code(2)]);
  kept.add([code(1, 'new')]);
  expect(kept.snapshot().codes).toEqual([code(2), code(1, 'new')]);
});

test('a file that brings no code says what came of it, and takes no code away', () => {
  const kept = new KeptCodes();
  kept.add([code(1)]);
  kept.add([], { made: 0, known: 3, refused: [], codes: [] });
  expect(kept.snapshot()).toMatchObject({ codes: [code(1)], imported: { known: 3 }, saved: false });
});

test('without an answer the same is asked again by the same name, and the codes come', async () => {
  const [kept, server] = [new KeptCodes(), maker()];
  for (const refusal of [new Refusal(0, 'Network'), new Refusal(503, 'Unavailable'), new Refusal(200, 'CannotRead')]) {
    server.fail = refusal;
    await expect(kept.take(server, order)).rejects.toBe(refusal);
    expect(kept.snapshot()).toMatchObject({ unanswered: order, atRisk: true, codes: [] });
  }
  server.fail = undefined;
  await kept.take(server, order);
  expect(new Set(server.asked)).toEqual(new Set(['b1']));
  expect(kept.snapshot()).toMatchObject({ unanswered: undefined, codes: [{ code: 'again1' }, { code: 'again2' }] });
});

test('what the server refused is done with', async () => {
  const [kept, server] = [new KeptCodes(), maker()];
  server.fail = new Refusal(401, 'SignInNeeded');
  await expect(kept.take(server, order)).rejects.toBe(server.fail);
  expect(kept.snapshot()).toMatchObject({ unanswered: undefined, atRisk: false });
});

test('codes of one show are found again by its id, and every page knows that they are at risk', () => {
  const kept = keptOf('a', 'Night bells');
  kept.add([code(1)]);
  expect(keptOf('a', 'Night bells')).toBe(kept);
  expect(keptOf('b', 'Other')).not.toBe(kept);
  expect(atRisk()).toEqual([{ id: 'a', title: 'Night bells', count: 1 }]);
  kept.save();
  expect(atRisk()).toEqual([]);
  kept.add([code(2)]);
  forgetKept();
  expect(atRisk()).toEqual([]);
});

test('no two batches have one name', () => {
  expect(newBatch()).toMatch(/^[0-9a-f]{32}$/);
  expect(newBatch()).not.toBe(newBatch());
});
