import type { Draft, Message } from '@carillon/web-kit/chat';
import type { ConnectionState, Line, LineEvents, WireMessage } from '@carillon/web-kit/session';
import type { Mode, Staff } from '../../session/types.ts';

/** The message that another answers, as this page has it: nothing of it comes from the answer. */
export interface Quote {
  id: string;
  /** Not in the list, or of somebody hidden: only that there was something is known. */
  known: boolean;
  own: boolean;
  name: string;
  /** Empty when it was taken down. */
  text: string;
}

/** One message as it is drawn. */
export interface Row {
  message: Message;
  own: boolean;
  /** From the roster, by the sender's ARN: nothing in a message can claim it. */
  staff: Staff['kind'] | undefined;
  /** The roster's name for staff, else the sender's own. */
  name: string;
  answers: Quote | undefined;
  /** Mentions the reader, or answers them. */
  callsMe: boolean;
  /** Taken down; its text is not in the page any more. */
  removed: boolean;
}

export interface Arrival {
  row: Row;
  important: boolean;
}

/** Where the reader looked away. */
export interface Unread {
  id: string;
  /** Milliseconds since 1970. */
  since: number;
}

/** What was said while the line was down. */
export interface Missed {
  /** The first of it. */
  id: string;
  count: number;
  /** There was more than was counted. */
  more: boolean;
}

/** What was decided about a message of one's own. */
export interface Verdict {
  kind: 'held' | 'refused' | 'sent';
  reason: string;
}

/** What a window draws. A new object whenever something changed. */
export interface ChatView {
  connection: ConnectionState;
  history: { is: 'loading' } | { is: 'ready' } | { is: 'failed'; code: string };
  older: 'none' | 'more' | 'loading' | 'failed';
  rows: readonly Row[];
  drafts: readonly Draft[];
  /** Only one message in so many is shown just now. */
  oneIn: number | undefined;
  showAll: boolean;
  /** More arrive than are shown by default. */
  crowded: boolean;
  paused: boolean;
  /** Arrived below what the reader sees, or while paused. */
  unseen: number;
  unseenMentions: number;
  /** The first message that was not seen when the reader looked away, and since when. */
  unread: Unread | undefined;
  /** What was said while the line was down: how many, before which message, and whether there were more still. */
  missed: Missed | undefined;
  /** When slow mode or a time-out lets the fan write again, in milliseconds. */
  mayWriteAt: number | undefined;
  /** Why the fan may not write till then, where staff said so. */
  timeout: string | undefined;
  hidden: number;
  slowSeconds: number;
  mode: Mode;
}

/** The API as the room needs it. */
export interface ChatApi {
  me(): Promise<string>;
  list(
    limit: number,
    nextToken?: string,
    window?: { since?: Date; until?: Date },
  ): Promise<{ messages: WireMessage[]; nextToken: string | undefined }>;
  send(text: string, token: string, metadata?: string): Promise<{ id: string; pending: boolean }>;
  sessionHost(): Promise<string>;
  open(host: string, events: LineEvents): Promise<Line>;
  reach(host: string): Promise<'trusted' | 'untrusted' | 'down'>;
}

export interface ChatSettings {
  nickname: string | null;
  maxLength: number;
  slowSeconds: number;
  mode: Mode;
  staff: readonly Staff[];
  /** The server's clock less ours, in milliseconds. */
  ahead: number;
}
