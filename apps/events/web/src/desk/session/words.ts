import type { HeldItem, LogEntry, Person } from './types.ts';

/** The lengths a time-out may have, in seconds. */
export const spans = [10, 60, 300, 600, 3600, 86_400] as const;

export function span(seconds: number): string {
  if (seconds < 60) return `${seconds} seconds`;
  if (seconds < 3600) return seconds === 60 ? '1 minute' : `${seconds / 60} minutes`;
  return seconds === 3600 ? '1 hour' : `${seconds / 3600} hours`;
}

const acts: Record<string, string> = {
  approve: 'approved a message',
  refuse: 'refused a message',
  keep: 'kept a reported message',
  remove: 'removed a message',
  restore: 'brought a message back',
  timeout: 'timed out',
  ban: 'banned',
  lift: 'let write again',
  over: 'may write again, the time is over',
  pin: 'pinned a message',
  rules: 'changed the rules',
  undo: 'took something back',
};

/** "banned, ticket 12", as far as the log knows. */
export function actWords(entry: LogEntry): string {
  const what = entry.act === 'pin' && entry.messageId === null ? 'took the pin down' : (acts[entry.act] ?? entry.act);
  return entry.number === null ? what : `${what}, ticket ${entry.number}`;
}

const whys: Record<string, string> = {
  word: 'A word of the list',
  first: 'The first message of this fan',
  reported: 'Reported by a fan',
};

export function whyWords(item: HeldItem): string {
  const why = item.why === null ? 'Held' : (whys[item.why] ?? item.why);
  return item.state === 'reported' && item.reports && item.reports > 1 ? `Reported by ${item.reports} fans` : why;
}

/** What fans of the chat are never told has words of its own here. */
const codes: Record<string, string> = {
  ChatOff: 'This show has no chat.',
  Ended: 'The show is over, and its chat is closed.',
  SignInNeeded: 'You are not signed in any more. Open your invitation again.',
  NotYours: 'You are not part of this show any more.',
  NotFound: 'This show is not here any more.',
};

/** Why the chat cannot be had, in staff's words; undefined where the fans' fit. */
export function staffWords(code: string): string | undefined {
  return codes[code];
}

/** What the fans' page lets them choose from. */
const reasons: Record<string, string> = {
  spam: 'Advertising or repetition',
  hurt: 'Insult or threat',
  private: 'Somebody’s private affairs',
  other: 'Something else',
};

export function reasonWords(reason: string | null): string {
  return reason === null ? 'No reason given' : (reasons[reason] ?? reason);
}

/** Something that a colleague did. */
export interface Deed {
  by: string;
  what: 'removed' | Person['state'];
}

const deeds: Record<Deed['what'], (n: number) => string> = {
  removed: n => (n === 1 ? 'removed a message' : `removed ${n} messages`),
  timeout: n => (n === 1 ? 'timed a fan out' : `timed ${n} fans out`),
  banned: n => (n === 1 ? 'banned a fan' : `banned ${n} fans`),
  revoked: n => (n === 1 ? 'revoked a ticket' : `revoked ${n} tickets`),
  valid: n => (n === 1 ? 'let a fan write again' : `let ${n} fans write again`),
};

/** "Ida removed 3 messages. Tom banned a fan", the same deeds of one person counted. */
export function deedsWords(done: readonly Deed[]): string {
  const counts = new Map<string, Deed & { n: number }>();
  for (const deed of done) {
    const key = `${deed.what} ${deed.by}`;
    counts.set(key, { ...deed, n: (counts.get(key)?.n ?? 0) + 1 });
  }
  return [...counts.values()].map(({ by, what, n }) => `${by} ${deeds[what](n)}`).join('. ');
}
