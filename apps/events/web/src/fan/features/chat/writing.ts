import type { Mode } from '../../session/types.ts';

/** The platform's own limit for a message, in bytes of UTF-8. */
const bytesLimit = 4096;
/** From here on what is left is shown. */
const countBelow = 60;

const emoji = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\p{Regional_Indicator}|\s)+$/u;
const picture = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20E3/u;

/** True when a text is emoji and spaces alone. */
export function onlyEmoji(text: string): boolean {
  return emoji.test(text) && picture.test(text);
}

export interface Room {
  /** What is left, in `unit`; negative when the text is too long. */
  left: number;
  unit: 'characters' | 'bytes';
  /** True when it is worth showing. */
  tell: boolean;
}

/** How much of a message is left: the event's own limit in characters, or the platform's in bytes, whichever is nearer. */
export function room(text: string, maxLength: number): Room {
  // Of Unicode, as the show's rules count them: an emoji may be several.
  const characters = maxLength - [...text].length;
  const bytes = bytesLimit - new TextEncoder().encode(text).length;
  return bytes < characters
    ? { left: bytes, unit: 'bytes', tell: bytes < countBelow * 4 }
    : { left: characters, unit: 'characters', tell: characters < countBelow };
}

/** Why a text may not be sent as it is; undefined when it may. */
export function fault(text: string, mode: Mode, maxLength: number): 'empty' | 'long' | 'emoji' | 'staff' | undefined {
  if (mode === 'staff') return 'staff';
  if (!text.trim()) return 'empty';
  if (room(text, maxLength).left < 0) return 'long';
  if (mode === 'emoji' && !onlyEmoji(text)) return 'emoji';
  return undefined;
}

const wordBefore = /[\p{L}\p{N}_@]$/u;
const wordAfter = /^[\p{L}\p{N}_]/u;

/** True when a text calls a nickname by "@": in any case, and not as a part of another word. */
export function mentions(text: string, nickname: string | null): boolean {
  if (!nickname) return false;
  return parts(text, nickname).some(p => p.called);
}

/** A text cut at the places where it calls a nickname. */
export function parts(text: string, nickname: string | null): { text: string; called: boolean }[] {
  if (!nickname) return [{ text, called: false }];
  const call = `@${nickname}`.toLowerCase();
  const low = text.toLowerCase();
  // Some letters grow when they are made small; then places no longer match, and nothing is marked.
  if (low.length !== text.length) return [{ text, called: false }];
  const found: { text: string; called: boolean }[] = [];
  let from = 0;
  for (let at = low.indexOf(call); at >= 0; at = low.indexOf(call, at + call.length)) {
    const end = at + call.length;
    if (wordBefore.test(text.slice(0, at)) || wordAfter.test(text.slice(end))) continue;
    if (at > from) found.push({ text: text.slice(from, at), called: false });
    found.push({ text: text.slice(at, end), called: true });
    from = end;
  }
  if (from < text.length || found.length === 0) found.push({ text: text.slice(from), called: false });
  return found;
}

/** Puts a mention at the end of what is being written. */
export function mention(draft: string, nickname: string): string {
  return `${draft}${draft && !draft.endsWith(' ') ? ' ' : ''}@${nickname} `;
}
