import { expect, test } from 'vitest';
import {
  definitionIn,
  definitionOf,
  faultsOf,
  halfTyped,
  instant,
  lacksOf,
  merge,
  same,
  valuesOf,
} from './definition.ts';
import { sampleShow } from './sample.testing.ts';

const before = Date.UTC(2026, 10, 1);

test('what is stored comes back as it was', () => {
  const show = sampleShow();
  expect(same(definitionOf(valuesOf(show), show), definitionIn(show))).toBe(true);
});

test('a change of zone keeps the clock and moves the moment', () => {
  const values = { ...valuesOf(sampleShow()), zone: 'America/New_York' };
  expect(values.startsAt).toBe('2026-12-05T20:00');
  expect(instant(values, 'startsAt')).toBe('2026-12-06T01:00:00.000Z');
});

test('an hour that comes twice is kept apart, and comes back as it was', () => {
  const twice = { ...valuesOf(sampleShow()), startsAt: '2026-10-25T02:30', doorsAt: '', endsAt: '2026-10-25T04:00' };
  expect(instant({ ...twice, startsAtLater: false }, 'startsAt')).toBe('2026-10-25T00:30:00.000Z');
  expect(instant({ ...twice, startsAtLater: true }, 'startsAt')).toBe('2026-10-25T01:30:00.000Z');
  expect(valuesOf(sampleShow({ startsAt: '2026-10-25T01:30:00Z' })).startsAtLater).toBe(true);
});

test('an hour that does not come is a fault that names the one that does', () => {
  const values = { ...valuesOf(sampleShow()), startsAt: '2027-03-28T02:30', doorsAt: '', endsAt: '2027-03-28T05:00' };
  expect(faultsOf(values)).toEqual([
    { field: 'startsAt', words: 'Clocks go forward in this night: 02:30 does not come. 03:30 does.' },
  ]);
});

test('a field at fault keeps what is stored, and the rest is stored', () => {
  const show = sampleShow();
  const values = { ...valuesOf(show), pictureUrl: 'javascript:alert(1)', title: 'Day bells', 'chat.slowSeconds': 'x' };
  const definition = definitionOf(values, show);
  expect(definition.title).toBe('Day bells');
  expect(definition.pictureUrl).toBeNull();
  expect(definition.chat.slowSeconds).toBe(0);
  expect(faultsOf(values).map(f => f.field)).toEqual(['pictureUrl', 'chat.slowSeconds']);
});

test('what is missing is said in the order of the form', () => {
  const empty = sampleShow({
    title: '',
    artist: '',
    startsAt: null,
    doorsAt: null,
    endsAt: null,
    player: { kind: 'hls', url: null, captions: [] },
    tickets: { tiers: [], planned: 0 },
  });
  expect(lacksOf(valuesOf(empty), before).map(l => l.field)).toEqual([
    'title',
    'artist',
    'startsAt',
    'endsAt',
    'player.url',
    'tickets.tiers',
    'tickets.planned',
  ]);
  expect(lacksOf(valuesOf(sampleShow()), before)).toEqual([]);
  expect(lacksOf(valuesOf(sampleShow()), Date.UTC(2027, 0, 1)).map(l => l.field)).toEqual(['endsAt']);
});

test('what two changed apart is joined, and what both changed is a conflict', () => {
  const base = sampleShow();
  const mine = { ...base, title: 'Mine', chat: { ...base.chat, slowSeconds: 5 } };
  const theirs = { ...base, title: 'Theirs', artist: 'Ida Holm', chat: { ...base.chat, mode: 'emoji' as const } };
  const { merged, conflicts } = merge(definitionIn(base), definitionIn(mine), definitionIn(theirs));
  expect(merged).toMatchObject({ title: 'Mine', artist: 'Ida Holm', chat: { slowSeconds: 5, mode: 'emoji' } });
  expect(conflicts).toEqual([{ field: 'title', mine: 'Mine', theirs: 'Theirs' }]);
  expect(merge(base, theirs, theirs).conflicts).toEqual([]);
});

test('a moment is the same however it is spelled', () => {
  expect(same('2026-12-05T19:00:00Z', '2026-12-05T19:00:00.000Z')).toBe(true);
  expect(same('2026-12-05T19:00:00+00:00', '2026-12-05T19:00:00Z')).toBe(true);
  expect(same('2026-12-05T19:00:00Z', '2026-12-05T20:00:00Z')).toBe(false);
});

test('a player of another house is one of the list, and an address of one kind is none of another', () => {
  const frame = (url: string) => ({ ...valuesOf(sampleShow()), 'player.kind': 'iframe' as const, 'player.url': url });
  expect(faultsOf(frame('https://player.twitch.tv/?channel=x'))).toEqual([]);
  const wrong = frame('https://evil.example/player');
  expect(faultsOf(wrong).map(f => f.field)).toEqual(['player.url']);
  // The address that is stored is of a stream: in a frame it would be none.
  expect(definitionOf(wrong, sampleShow()).player).toMatchObject({ kind: 'iframe', url: null });
  expect(faultsOf({ ...wrong, 'player.kind': 'hls', 'player.url': 'http://cdn.example/a.m3u8' })).toHaveLength(1);
});

/** Nights in which clocks change: a reading that comes twice, one that never comes, and the one after it. */
const nights: { zone: string; twice?: [string, number]; never?: [string, string]; ordinary: string }[] = [
  {
    zone: 'Europe/Berlin',
    twice: ['2026-10-25T02:30', 60],
    never: ['2027-03-28T02:30', '2027-03-28T03:30'],
    ordinary: '2026-12-05T20:00',
  },
  {
    zone: 'America/New_York',
    twice: ['2026-11-01T01:30', 60],
    never: ['2027-03-14T02:30', '2027-03-14T03:30'],
    ordinary: '2026-07-04T20:00',
  },
  // Half an hour of summer time.
  {
    zone: 'Australia/Lord_Howe',
    twice: ['2027-04-04T01:45', 30],
    never: ['2026-10-04T02:15', '2026-10-04T02:45'],
    ordinary: '2026-12-05T20:00',
  },
  // Half an hour beside the others, and no summer time.
  { zone: 'Asia/Kolkata', ordinary: '2026-12-05T20:00' },
  // Clocks went forward at midnight, so that a day began at one.
  {
    zone: 'America/Sao_Paulo',
    twice: ['2018-02-17T23:30', 60],
    never: ['2018-11-04T00:30', '2018-11-04T01:30'],
    ordinary: '2026-12-05T20:00',
  },
];

for (const { zone, twice, never, ordinary } of nights) {
  const form = (startsAt: string, later = false) => ({
    ...valuesOf(sampleShow({ zone, startsAt: null, doorsAt: null, endsAt: null })),
    startsAt,
    startsAtLater: later,
  });

  test(`in ${zone} what is stored is what is read again`, () => {
    for (const [wall, later] of [
      [ordinary, false],
      ...(twice ? [[twice[0], false] as const, [twice[0], true] as const] : []),
    ] as const) {
      const stored = definitionOf(form(wall, later), sampleShow({ zone, startsAt: null, doorsAt: null, endsAt: null }));
      expect(stored.startsAt).not.toBeNull();
      expect(valuesOf(stored)).toMatchObject({ zone, startsAt: wall, startsAtLater: later });
      expect(same(definitionOf(valuesOf(stored), stored), stored)).toBe(true);
    }
  });

  if (twice)
    test(`in ${zone} a reading that comes twice is two moments, as far apart as the clocks go back`, () => {
      const at = (later: boolean) => Date.parse(instant(form(twice[0], later), 'startsAt') ?? '');
      expect((at(true) - at(false)) / 60_000).toBe(twice[1]);
    });

  if (never)
    test(`in ${zone} a reading that never comes is at fault, stores nothing, and the next is named`, () => {
      const clock = (wall: string) => wall.slice(11);
      expect(faultsOf(form(never[0]))).toEqual([
        {
          field: 'startsAt',
          words: `Clocks go forward in this night: ${clock(never[0])} does not come. ${clock(never[1])} does.`,
        },
      ]);
      const stored = sampleShow({ zone });
      expect(definitionOf(form(never[0]), stored)).toMatchObject({
        startsAt: stored.startsAt,
        doorsAt: stored.doorsAt,
        endsAt: stored.endsAt,
      });
      expect(faultsOf(form(never[1]))).toEqual([]);
    });

  test(`a change to ${zone} keeps the clock, and what is at fault there leaves zone and times as they are`, () => {
    const stored = sampleShow();
    expect(valuesOf(definitionOf({ ...valuesOf(stored), zone }, stored))).toMatchObject({
      zone,
      startsAt: '2026-12-05T20:00',
    });
    if (!never) return;
    const gap = { ...valuesOf(stored), zone, startsAt: never[0], doorsAt: '', endsAt: '' };
    expect(definitionOf(gap, stored)).toMatchObject({
      zone: stored.zone,
      startsAt: stored.startsAt,
      endsAt: stored.endsAt,
    });
  });
}

test('a date or a year that is begun is at fault and says so', () => {
  const values = (startsAt: string) => ({ ...valuesOf(sampleShow()), startsAt, doorsAt: '' });
  expect(faultsOf(values(halfTyped))).toEqual([{ field: 'startsAt', words: 'Finish the date and the time.' }]);
  expect(faultsOf(values('0202-12-05T20:00')).map(f => f.words)).toEqual(['Finish the year: it reads 0202 now.']);
});

test('what a live show has to have is a fault once it is missing, and a draft may lack it', () => {
  const stored = sampleShow({ state: 'published' });
  const values = { ...valuesOf(stored), title: '', endsAt: '', 'tickets.planned': '0' };
  expect(faultsOf(values)).toEqual([]);
  expect(faultsOf(values, { stored, now: before }).map(f => f.field)).toEqual(['title', 'endsAt', 'tickets.planned']);
});
