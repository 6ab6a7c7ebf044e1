import type { Staff } from '../../fan/session/types.ts';
import type { Mode, Phase, WordRule } from '../../staff/session/types.ts';

export type { Mode, Phase, Staff, WordRule };

export interface Rules {
  slowSeconds: number;
  mode: Mode;
  holdFirst: boolean;
  words: WordRule[];
  /** The words for all shows hold here too. */
  commonWords?: boolean;
}

/** The words for all shows, which the desk reads and organisers change. */
export interface CommonWords {
  used: boolean;
  words: WordRule[];
  updatedAt: string | null;
  updatedBy: string | null;
}

/** Why fans reported something, each reason once. */
export interface Reason {
  /** One of the fans' page, or whatever another client said; null where none was given. */
  reason: string | null;
  count: number;
}

export interface Numbers {
  present: number;
  messagesPerMinute: number;
  held: number;
  removed: number;
  reactionsPerMinute: number;
  stream: 'ok' | 'unknown' | 'down';
}

export interface Pin {
  messageId: string;
  author: string;
  text: string;
}

export interface DeskPage {
  show: { id: string; slug: string; title: string; phase: Phase; tiers?: string[] };
  role: 'organiser' | 'artist' | 'moderator';
  name: string;
  userArn: string | null;
  rules: Rules;
  numbers: Numbers;
  pin: Pin | null;
  /** Whose messages are marked. */
  staff: Staff[];
}

/** A message that waits for a decision: nobody sees it yet, or fans have reported it. */
export interface HeldItem {
  messageId: string;
  userArn: string | null;
  nickname: string | null;
  number: number | null;
  text: string;
  why: string | null;
  at: string;
  claimedBy: string | null;
  state?: 'held' | 'reported';
  reports?: number;
  /** The reason that was given first before the others. */
  reasons?: Reason[];
}

export interface Person {
  number: number;
  userArn: string | null;
  nickname: string | null;
  tier: string;
  state: 'valid' | 'timeout' | 'banned' | 'revoked';
  reason: string | null;
  until: string | null;
  messages: number;
  removed: number;
  here: boolean;
}

export interface LogEntry {
  id: number;
  at: string;
  /** Empty where time did it. */
  by: string;
  act: string;
  number: number | null;
  messageId: string | null;
  reason: string | null;
  until: string | null;
  undone: boolean;
  undoable: boolean;
  /** When it is too late to take it back; null for never. */
  undoUntil: string | null;
}

/** What became of an act, and until when it can be taken back. */
export interface Changed {
  logId: number | null;
  undoUntil: string | null;
}

export interface Tested {
  action: 'pass' | 'mask' | 'hold' | 'refuse';
  why: string | null;
  text: string;
  hits: { rule: string; match: string; action: string; start: number; length: number; list: 'show' | 'common' }[];
}

/** What the desk's socket says. */
export type DeskFrame =
  | { t: 'hello' }
  | ({ t: 'numbers' } & Numbers)
  | { t: 'held'; item: HeldItem }
  | { t: 'reports'; messageId: string; reports: number; reasons: Reason[] }
  /** The words for all shows are others. */
  | { t: 'common' }
  | { t: 'decided'; messageId: string; by: string | null; decision: string }
  | { t: 'removed'; messageId: string; by: string | null }
  | { t: 'restored'; messageId: string; by: string | null }
  | {
      t: 'person';
      number: number;
      state: Person['state'];
      by: string | null;
      until: string | null;
      reason?: string | null;
    }
  | ({ t: 'rules' } & Rules)
  | { t: 'pin'; pin: Pin | null }
  | { t: 'staff'; staff: Staff[] }
  | { t: 'phase'; phase: Phase }
  | { t: 'log'; entry: LogEntry }
  | { t: 'claim'; messageId: string; by: string | null };
