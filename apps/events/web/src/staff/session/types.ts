import type { Mode, Phase } from '../../fan/session/types.ts';

export type { Mode, Phase };

/** Who is signed in, and which shows they are invited to. */
export interface WhoAmI {
  name: string;
  organiser: boolean;
  shows: { id: string; slug: string; title: string; kind: 'artist' | 'moderator' }[];
}

export type ShowState = 'draft' | 'published' | 'ended' | 'archived' | 'cleared';

/** A line of the organiser's list. Times are ISO 8601 in UTC; a draft may lack them. */
export interface ShowLine {
  id: string;
  slug: string;
  title: string;
  artist: string;
  startsAt: string | null;
  doorsAt: string | null;
  endsAt: string | null;
  zone: string;
  state: ShowState;
  phase: Phase;
  tickets: number;
  entered: number;
}

export interface Caption {
  lang: string;
  label: string;
  url: string;
}

export interface WordRule {
  text: string;
  match: 'word' | 'part' | 'regex';
  action: 'hold' | 'refuse' | 'mask';
}

/** What the organiser's form holds. */
export interface Definition {
  title: string;
  artist: string;
  about: string;
  pictureUrl: string | null;
  zone: string;
  startsAt: string | null;
  doorsAt: string | null;
  endsAt: string | null;
  player: { kind: 'hls' | 'youtube' | 'vimeo' | 'iframe' | 'none'; url: string | null; captions: Caption[] };
  tickets: { tiers: string[]; planned: number };
  chat: {
    enabled: boolean;
    audience: 'one' | 'parts';
    slowSeconds: number;
    mode: Mode;
    maxLength: number;
    reactions: string[];
    words: WordRule[];
    /** The words for all shows hold here too. */
    commonWords: boolean;
    holdFirst: boolean;
  };
}

/** The words that hold for every show. */
export interface CommonWords {
  words: WordRule[];
  /** A change has to name it. */
  version: number;
  /** Null while nobody has changed them. */
  updatedAt: string | null;
  updatedBy: string | null;
  /** Lists to begin with. */
  starters: { id: string; words: WordRule[] }[];
}

/** A definition as it is stored, with the version that a change has to name. */
export interface OrganisedShow extends Definition {
  id: string;
  slug: string;
  version: number;
  state: ShowState;
  phase: Phase;
  updated?: string;
}

export type StepId = 'event' | 'time' | 'stream' | 'tickets' | 'chat';

/** What is missing before a show can be published. */
export interface Lack {
  step: StepId;
  /** The definition's member, such as `startsAt` or `player.url`. */
  field: string;
  why: string;
}

export type TicketState = 'valid' | 'revoked' | 'banned' | 'entered';

export interface Ticket {
  number: number;
  tier: string;
  holder: string | null;
  email?: string | null;
  reference?: string | null;
  state: TicketState;
  reason?: string | null;
  enteredAt: string | null;
  nickname: string | null;
  provisioned: boolean;
}

export interface TicketCounts {
  valid: number;
  revoked: number;
  banned: number;
  entered: number;
}

/** A key that a shop adds tickets with; the key itself was shown once. */
export interface ShopKey {
  id: string;
  madeAt: string;
  /** When it last sold something, to the minute. */
  usedAt: string | null;
}

/** How the letters to people who lost their code fared. */
export interface Letters {
  sent: number;
  /** Tried, and to be tried again. */
  waiting: number;
  failed: number;
  failedAt: string | null;
  /** Of the last that could not be delivered. */
  why: string | null;
}

/** A code is shown this once. */
export interface IssuedCode {
  number: number;
  code: string;
  tier: string;
}

export interface Imported {
  made: number;
  known: number;
  refused: { line: number; why: string }[];
  codes: IssuedCode[];
}

export interface StaffMember {
  id: string;
  name: string;
  kind: 'artist' | 'moderator';
}

export interface Progress {
  planned: number;
  made: number;
  failed: number;
  retrying: number;
  removing: number;
  perSecond: number;
  limitPerSecond: number;
  /** How often the platform said "slower" in the last minute. */
  throttled: number;
  /** When all are made; while the show is cleared, when all are gone. */
  readyAt: string | null;
  doorsAt: string | null;
  inTime: boolean;
  /** What keeps the channel and the rest from being made or removed; it is tried again by itself. */
  why: string | null;
  state: 'idle' | 'working' | 'ready' | 'paused' | 'clearing' | 'cleared';
  failures: { number: number; why: string; at: string; tries: number }[];
}

export interface Archive {
  state: 'growing' | 'closed' | 'none';
  messages: number;
  removed: number;
  /** Said, and never shown. */
  withheld?: number;
  firstAt: string | null;
  lastAt: string | null;
  /** The last link of the hash chain. */
  head: string;
  /** The count agrees with the platform's. */
  verified: boolean;
}
