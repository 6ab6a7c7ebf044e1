import { embedHouses, embedOf } from '../../shared/embed.ts';
import type { Caption, Definition, Lack, Mode, StepId, WordRule } from '../../staff/session/types.ts';
import { afterGap, isZone, momentsOf, type Wall, wallOf } from './zoned.ts';

export const steps: readonly { id: StepId; title: string; note: string }[] = [
  { id: 'event', title: 'The event', note: 'What fans read first.' },
  {
    id: 'time',
    title: 'Time and zone',
    note: 'Where the show takes place decides its clock; fans see their own beside it.',
  },
  { id: 'stream', title: 'The stream', note: 'The player works though the chat is down, and the reverse.' },
  { id: 'tickets', title: 'Tickets', note: 'The number decides how long before the doors everything has to be made.' },
  {
    id: 'chat',
    title: 'Chat and moderators',
    note: 'Rules hold for every client. All but the audience can be changed during the show.',
  },
];

export type TimeField = 'startsAt' | 'doorsAt' | 'endsAt';

/** What the form holds as it is typed: times as the event's clock shows them, numbers as text, nothing thrown away. */
export interface Values {
  title: string;
  artist: string;
  about: string;
  pictureUrl: string;
  zone: string;
  startsAt: Wall;
  doorsAt: Wall;
  endsAt: Wall;
  /** For a reading that the autumn night repeats: true for the second time it comes. */
  startsAtLater: boolean;
  doorsAtLater: boolean;
  endsAtLater: boolean;
  'player.kind': Definition['player']['kind'];
  'player.url': string;
  'player.captions': Caption[];
  'tickets.tiers': string;
  'tickets.planned': string;
  'chat.enabled': boolean;
  'chat.audience': 'one' | 'parts';
  'chat.slowSeconds': string;
  'chat.mode': Mode;
  'chat.maxLength': string;
  'chat.reactions': string[];
  'chat.words': WordRule[];
  'chat.commonWords': boolean;
  'chat.holdFirst': boolean;
}

export type FieldName = Exclude<keyof Values, `${TimeField}Later`>;

/** What a time reads as while its field is begun and not whole. */
export const halfTyped: Wall = '\u2026';

/** Fans see what is stored: nothing may be stored that the show could not be published with. */
export interface Live {
  stored: Definition;
  /** In milliseconds. */
  now: number;
}

/** How a field is called, and on which step it is. */
export const fields: Record<FieldName, { name: string; step: StepId }> = {
  title: { name: 'Title', step: 'event' },
  artist: { name: 'Artist', step: 'event' },
  about: { name: 'About', step: 'event' },
  pictureUrl: { name: 'Picture', step: 'event' },
  zone: { name: 'Time zone', step: 'time' },
  startsAt: { name: 'Show starts', step: 'time' },
  doorsAt: { name: 'Doors open', step: 'time' },
  endsAt: { name: 'Show ends', step: 'time' },
  'player.kind': { name: 'Player', step: 'stream' },
  'player.url': { name: 'Address of the stream', step: 'stream' },
  'player.captions': { name: 'Captions', step: 'stream' },
  'tickets.tiers': { name: 'Tiers', step: 'tickets' },
  'tickets.planned': { name: 'Tickets planned', step: 'tickets' },
  'chat.enabled': { name: 'Chat', step: 'chat' },
  'chat.audience': { name: 'Audience', step: 'chat' },
  'chat.slowSeconds': { name: 'Slow mode', step: 'chat' },
  'chat.mode': { name: 'Who may write', step: 'chat' },
  'chat.maxLength': { name: 'Longest message', step: 'chat' },
  'chat.reactions': { name: 'Reactions', step: 'chat' },
  'chat.words': { name: 'Words', step: 'chat' },
  'chat.commonWords': { name: 'Words for all shows', step: 'chat' },
  'chat.holdFirst': { name: 'Hold first messages', step: 'chat' },
};

export const fieldNames = Object.keys(fields) as FieldName[];

export interface Fault {
  field: FieldName;
  words: string;
}

export function valuesOf(d: Definition): Values {
  const wall = (at: string | null) => (at && isZone(d.zone) ? wallOf(Date.parse(at), d.zone) : '');
  const later = (at: string | null) =>
    at !== null && isZone(d.zone) && momentsOf(wall(at), d.zone)[1] === Math.floor(Date.parse(at) / 60_000) * 60_000;
  return {
    title: d.title,
    artist: d.artist,
    about: d.about,
    pictureUrl: d.pictureUrl ?? '',
    zone: d.zone,
    startsAt: wall(d.startsAt),
    doorsAt: wall(d.doorsAt),
    endsAt: wall(d.endsAt),
    startsAtLater: later(d.startsAt),
    doorsAtLater: later(d.doorsAt),
    endsAtLater: later(d.endsAt),
    'player.kind': d.player.kind,
    'player.url': d.player.url ?? '',
    'player.captions': d.player.captions ?? [],
    'tickets.tiers': d.tickets.tiers.join('\n'),
    'tickets.planned': d.tickets.planned ? String(d.tickets.planned) : '',
    'chat.enabled': d.chat.enabled,
    'chat.audience': d.chat.audience,
    'chat.slowSeconds': String(d.chat.slowSeconds),
    'chat.mode': d.chat.mode,
    'chat.maxLength': String(d.chat.maxLength),
    'chat.reactions': d.chat.reactions,
    'chat.words': d.chat.words,
    'chat.commonWords': d.chat.commonWords,
    'chat.holdFirst': d.chat.holdFirst,
  };
}

export const timeFields = ['doorsAt', 'startsAt', 'endsAt'] as const;
/** They mean something only together: a clock's reading is a moment in its zone alone. */
const timeGroup: readonly FieldName[] = ['zone', ...timeFields];

/**
 * The fields that keep what is stored whatever is typed: those at fault, those somebody is in the middle of, and what
 * means something only together with them.
 */
export function keptOf(v: Values, live?: Live, typing: Iterable<FieldName> = []): Set<FieldName> {
  const kept = new Set([...faultsOf(v, live).map(f => f.field), ...typing]);
  if (timeGroup.some(f => kept.has(f))) for (const f of timeGroup) kept.add(f);
  // A player of another kind with no address yet would be none.
  if (live && kept.has('player.url')) kept.add('player.kind');
  return kept;
}

/** What can be stored of what was typed; the fields that are kept stay as they are stored already. */
export function definitionOf(v: Values, stored: Definition, kept: ReadonlySet<FieldName> = keptOf(v)): Definition {
  const keep = <T>(field: FieldName, old: T, now: () => T) => (kept.has(field) ? old : now());
  const was = valuesOf(stored);
  // A moment that nobody has touched keeps its seconds, which no field shows.
  const time = (field: TimeField) =>
    keep(field, stored[field], () =>
      v.zone === was.zone && v[field] === was[field] && v[`${field}Later`] === was[`${field}Later`]
        ? stored[field]
        : instant(v, field),
    );
  return {
    title: keep('title', stored.title, () => v.title.trim()),
    artist: keep('artist', stored.artist, () => v.artist.trim()),
    about: keep('about', stored.about, () => v.about.replaceAll('\r\n', '\n')),
    pictureUrl: keep('pictureUrl', stored.pictureUrl, () => v.pictureUrl.trim() || null),
    zone: keep('zone', stored.zone, () => v.zone),
    startsAt: time('startsAt'),
    doorsAt: time('doorsAt'),
    endsAt: time('endsAt'),
    player: {
      kind: keep('player.kind', stored.player.kind, () => v['player.kind']),
      // An address of another kind of player is none of this kind.
      url: keep(
        'player.url',
        kept.has('player.kind') || v['player.kind'] === stored.player.kind ? stored.player.url : null,
        () => (v['player.kind'] === 'none' ? null : v['player.url'].trim() || null),
      ),
      captions: keep('player.captions', stored.player.captions, () =>
        v['player.captions'].map(c => ({ lang: c.lang.trim(), label: c.label.trim(), url: c.url.trim() })),
      ),
    },
    tickets: {
      tiers: keep('tickets.tiers', stored.tickets.tiers, () => tiersOf(v)),
      planned: keep('tickets.planned', stored.tickets.planned, () => numberOf(v['tickets.planned']) ?? 0),
    },
    chat: {
      enabled: v['chat.enabled'],
      audience: v['chat.audience'],
      slowSeconds: keep('chat.slowSeconds', stored.chat.slowSeconds, () => numberOf(v['chat.slowSeconds']) ?? 0),
      mode: v['chat.mode'],
      maxLength: keep('chat.maxLength', stored.chat.maxLength, () => numberOf(v['chat.maxLength']) ?? 300),
      reactions: keep('chat.reactions', stored.chat.reactions, () => v['chat.reactions']),
      words: keep('chat.words', stored.chat.words, () => v['chat.words'].map(w => ({ ...w, text: w.text.trim() }))),
      commonWords: v['chat.commonWords'],
      holdFirst: v['chat.holdFirst'],
    },
  };
}

/** What is typed and cannot be so. What is merely missing is no fault before one publishes; in a live show it is. */
export function faultsOf(v: Values, live?: Live): Fault[] {
  const found: Fault[] = [];
  const fault = (field: FieldName, words: string) => found.push({ field, words });
  for (const field of ['title', 'artist'] as const)
    if (v[field].length > 200)
      fault(field, `${fields[field].name} may have 200 characters; this has ${v[field].length}.`);
  if (v.about.length > 10_000) fault('about', `This has ${v.about.length} characters; 10,000 are possible.`);
  if (v.pictureUrl.trim() && !isAddress(v.pictureUrl.trim()))
    fault('pictureUrl', 'Enter an address that begins with https://, or leave it empty.');
  if (!isZone(v.zone)) fault('zone', 'Choose a zone of the list, such as Europe/Berlin.');
  else {
    for (const field of timeFields) {
      const year = /^(\d{4})-\d\d-\d\dT\d\d:\d\d$/.exec(v[field])?.[1];
      if (v[field] && (year === undefined || Number(year) < 2000))
        // A year that is being typed goes by 2, 20 and 202.
        fault(field, year === undefined ? 'Finish the date and the time.' : `Finish the year: it reads ${year} now.`);
      else if (v[field] && momentsOf(v[field], v.zone).length === 0) {
        const next = afterGap(v[field], v.zone);
        fault(field, `Clocks go forward in this night: ${clock(v[field])} does not come. ${clock(next)} does.`);
      }
    }
    const [doors, starts, ends] = [instant(v, 'doorsAt'), instant(v, 'startsAt'), instant(v, 'endsAt')];
    if (doors && starts && doors > starts) fault('doorsAt', 'Doors open before the show starts, or at the same time.');
    if (starts && ends && ends <= starts) fault('endsAt', 'The show ends after it starts.');
    if (live && ends && Date.parse(ends) <= live.now && !same(ends, live.stored.endsAt))
      fault('endsAt', 'This moment has passed. To end the show now, choose “End the show” under “More”.');
  }
  const player = playerFault(v['player.kind'], v['player.url'].trim());
  if (player) fault('player.url', player);
  for (const [at, caption] of v['player.captions'].entries())
    if (!caption.lang.trim() || !caption.label.trim() || !isAddress(caption.url.trim())) {
      fault('player.captions', `Captions ${at + 1} need a language, a name and the address of a WebVTT file.`);
      break;
    }
  const tiers = v['tickets.tiers']
    .split('\n')
    .map(t => t.trim())
    .filter(Boolean);
  if (tiers.length > 20) fault('tickets.tiers', 'Twenty tiers are possible at most.');
  else if (tiers.some(t => t.length > 50)) fault('tickets.tiers', 'The name of a tier may have 50 characters.');
  else if (new Set(tiers).size < tiers.length) fault('tickets.tiers', 'Each tier is named once.');
  const planned = v['tickets.planned'].trim();
  if (planned && !within(planned, 0, 1_000_000)) fault('tickets.planned', 'Enter a whole number up to 1,000,000.');
  if (!within(v['chat.slowSeconds'], 0, 120)) fault('chat.slowSeconds', 'Enter 0 to 120 seconds.');
  if (!within(v['chat.maxLength'], 1, 1000)) fault('chat.maxLength', 'Enter 1 to 1,000 characters.');
  if (v['chat.reactions'].length > 8) fault('chat.reactions', 'Eight reactions are possible at most.');
  const word = v['chat.words'].find(w => whyNotWord(w) !== undefined);
  if (word) fault('chat.words', whyNotWord(word) ?? '');
  if (live) for (const field of missingOf(v)) fault(field, lackWords(field, 'missing'));
  return found;
}

/** What a show has to have before it is published, and as long as it is. */
function missingOf(v: Values): FieldName[] {
  const missing: FieldName[] = [];
  for (const field of ['title', 'artist', 'startsAt', 'endsAt'] as const) if (!v[field].trim()) missing.push(field);
  if (v['player.kind'] !== 'none' && !v['player.url'].trim()) missing.push('player.url');
  if (tiersOf(v).length === 0) missing.push('tickets.tiers');
  if (v['tickets.planned'].trim() === '' || numberOf(v['tickets.planned']) === 0) missing.push('tickets.planned');
  return missing;
}

/** Why no player of this kind is shown at an address; undefined where it is, or where there is none yet. */
function playerFault(kind: Values['player.kind'], url: string): string | undefined {
  if (kind === 'none' || !url) return undefined;
  if (kind === 'hls') return isAddress(url) ? undefined : 'Enter an address that begins with https://.';
  if (embedOf({ kind, url }, globalThis.location?.origin ?? '')) return undefined;
  if (kind === 'youtube') return 'Enter the address of a video or live stream of YouTube.';
  if (kind === 'vimeo') return 'Enter the address of a video of Vimeo.';
  return `Enter the https:// address of a player’s own page. Known houses are ${embedHouses.join(', ')}.`;
}

export function whyNotWord(word: WordRule): string | undefined {
  const text = word.text.trim();
  if (!text) return 'A word is empty. Write one, or take its line away.';
  if (text.length > 200) return 'A word may have 200 characters.';
  if (word.match !== 'regex') return undefined;
  try {
    new RegExp(text, 'u');
    return undefined;
  } catch {
    return `This is no pattern: ${text}`;
  }
}

/** What stands between a show and its being published, by the same rules as the server's. */
export function lacksOf(v: Values, now: number): Lack[] {
  const lacks: Lack[] = faultsOf(v).map(f => ({ step: fields[f.field].step, field: f.field, why: f.words }));
  const lack = (field: FieldName, why: string) => {
    if (!lacks.some(l => l.field === field)) lacks.push({ step: fields[field].step, field, why });
  };
  for (const field of missingOf(v)) lack(field, lackWords(field, 'missing'));
  const ends = isZone(v.zone) ? instant(v, 'endsAt') : null;
  if (ends && Date.parse(ends) <= now) lack('endsAt', lackWords('endsAt', 'past'));
  const order = steps.map(s => s.id);
  return lacks.sort((a, b) => order.indexOf(a.step) - order.indexOf(b.step));
}

/** The server's reason for a field, in words. */
export function lackWords(field: string, why: string): string {
  const missing: Record<string, string> = {
    title: 'Give the show a title.',
    artist: 'Say who plays.',
    startsAt: 'Say when the show starts.',
    endsAt: 'Say when the show ends.',
    'player.url': 'Enter the address of the stream, or choose “No player”.',
    'tickets.tiers': 'Name at least one tier.',
    'tickets.planned': 'Say how many tickets you expect.',
  };
  if (why === 'missing') return missing[field] ?? 'This is missing.';
  if (why === 'past') return 'This moment has passed.';
  if (why === 'order')
    return field === 'doorsAt' ? 'Doors open before the show starts.' : 'The show ends after it starts.';
  if (why === 'unknown') return 'The server does not know this zone.';
  if (why === 'url') return 'The server does not take this address.';
  if (why === 'many') return 'These are too many.';
  return why;
}

/** The moment a time of the form stands for; null where it stands for none. */
export function instant(v: Values, field: TimeField): string | null {
  if (!v[field] || !isZone(v.zone)) return null;
  const moments = momentsOf(v[field], v.zone);
  const at = v[`${field}Later`] ? (moments[1] ?? moments[0]) : moments[0];
  return at === undefined ? null : new Date(at).toISOString();
}

export function tiersOf(v: Values): string[] {
  return v['tickets.tiers']
    .split('\n')
    .map(t => t.trim())
    .filter(Boolean);
}

/** A member of a definition by its dotted name. */
export function memberOf(d: Definition, field: FieldName): unknown {
  const [outer = '', inner] = field.split('.');
  const found = (d as unknown as Record<string, unknown>)[outer];
  return inner ? (found as Record<string, unknown>)[inner] : found;
}

function withMember(d: Definition, field: FieldName, value: unknown): Definition {
  const [outer = '', inner] = field.split('.');
  const whole = d as unknown as Record<string, unknown>;
  return (inner
    ? { ...whole, [outer]: { ...(whole[outer] as object), [inner]: value } }
    : { ...whole, [outer]: value }) as unknown as Definition;
}

export interface Conflict {
  field: FieldName;
  mine: unknown;
  theirs: unknown;
}

/**
 * Joins what was changed here with what somebody else stored meanwhile, member by member: what only one of both changed
 * is taken; what both changed differently is a conflict, and holds ours until somebody decides.
 */
export function merge(
  base: Definition,
  mine: Definition,
  theirs: Definition,
): { merged: Definition; conflicts: Conflict[] } {
  let merged = theirs;
  const conflicts: Conflict[] = [];
  for (const field of fieldNames) {
    const [before, ours, others] = [memberOf(base, field), memberOf(mine, field), memberOf(theirs, field)];
    if (same(ours, before) || same(ours, others)) continue;
    merged = withMember(merged, field, ours);
    if (!same(others, before)) conflicts.push({ field, mine: ours, theirs: others });
  }
  return { merged, conflicts };
}

/**
 * The form after a join. What was typed stays to the letter where it holds; a field that somebody else's stands in now
 * shows theirs.
 * @param mine what the form stood for before. @param open the fields whose text exists nowhere else.
 */
export function valuesAfter(
  v: Values,
  mine: Definition,
  merged: Definition,
  kept: ReadonlySet<FieldName>,
  open: ReadonlySet<FieldName>,
): Values {
  const fresh = valuesOf(merged);
  const theirs = (field: FieldName) =>
    !open.has(field) && (kept.has(field) || !same(memberOf(mine, field), memberOf(merged, field)));
  const taken = new Set(fieldNames.filter(theirs));
  // The same moments read otherwise on another clock.
  if (taken.has('zone') && fresh.zone !== v.zone) for (const f of timeFields) if (!open.has(f)) taken.add(f);
  const next: Record<string, unknown> = { ...v };
  for (const field of taken) {
    next[field] = fresh[field];
    for (const f of timeFields) if (f === field) next[`${f}Later`] = fresh[`${f}Later`];
  }
  return next as unknown as Values;
}

export function choose(d: Definition, field: FieldName, value: unknown): Definition {
  return withMember(d, field, value);
}

/** The definition alone, of something that holds more. */
export function definitionIn(d: Definition): Definition {
  const { title, artist, about, pictureUrl, zone, startsAt, doorsAt, endsAt, player, tickets, chat } = d;
  return { title, artist, about, pictureUrl, zone, startsAt, doorsAt, endsAt, player, tickets, chat };
}

/** Equal as they are stored; times by their moment, because a server may spell it with or without fractions. */
export function same(a: unknown, b: unknown): boolean {
  return spelled(a) === spelled(b);
}

function spelled(value: unknown): string {
  return JSON.stringify(value, (_, v) => {
    if (typeof v === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(v)) return Date.parse(v);
    if (v && typeof v === 'object' && !Array.isArray(v))
      return Object.fromEntries(Object.entries(v).sort(([x], [y]) => (x < y ? -1 : 1)));
    return v;
  });
}

function isAddress(text: string): boolean {
  if (/^\/(?![/\\])/.test(text)) return true;
  try {
    const url = new URL(text);
    // What comes without TLS no page loads.
    return url.protocol === 'https:' && !url.username;
  } catch {
    return false;
  }
}

function numberOf(text: string): number | undefined {
  const plain = text.replaceAll(/[\s,.'’]/g, '');
  return /^\d{1,9}$/.test(plain) ? Number(plain) : undefined;
}

function within(text: string, least: number, most: number): boolean {
  const n = numberOf(text);
  return n !== undefined && n >= least && n <= most;
}

function clock(wall: Wall): string {
  return wall.slice(11);
}
