import type { Refusal } from '../../shared/http.ts';

const words: Record<string, string> = {
  Network: 'No answer came. Check your connection and try again; nothing you wrote is lost.',
  Unavailable: 'The server cannot do this just now. Try again in a moment.',
  Unknown: 'Something went wrong on this page. Try again.',
  SignInNeeded: 'You are not signed in any more. Open your sign-in link again.',
  NotYours: 'You may not do this. Ask whoever organises the show.',
  NotFound: 'This is not here any more.',
  WrongState: 'The show is in another state by now. Load the page again to see it.',
  BadRequest: 'The server did not take it.',
  ForeignOrigin: 'The server takes changes only from its own address.',
  ChatUnavailable: 'The chat cannot be reached just now. The show goes on without it.',
  ChatPreparing: 'The chat is still being made ready.',
  ChatOff: 'This show has no chat.',
};

/** What to say about a refusal: what happened and what to do. */
export function wordsFor(refusal: Refusal): string {
  if (refusal.code === 'TooMany') {
    const after = Number(refusal.body.retryAfter);
    return Number.isFinite(after) ? `Too many at once. Try again in ${after} s.` : 'Too many at once. Wait a moment.';
  }
  return words[refusal.code] ?? words[refusal.status >= 500 ? 'Unavailable' : 'Unknown'] ?? refusal.code;
}
