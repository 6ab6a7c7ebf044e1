import type { Draft } from '@carillon/web-kit/chat';
import type { ChatView, Row } from './view.ts';

/** Messages of one person within this time share one name, in milliseconds. */
const groupMs = 3 * 60_000;

/** One entry of the list, as it is drawn. */
export type Item =
  | {
      kind: 'row';
      key: string;
      row: Row;
      /** Follows the same person's message closely, so the name is not repeated to the eye. */
      grouped: boolean;
      /** The first of a day that is not today. */
      day: boolean;
      /** The line "New since" stands before it. */
      unreadSince: number | undefined;
      /** The line "You missed" stands before it. */
      missed: number | undefined;
    }
  | { kind: 'draft'; key: string; draft: Draft };

/** What the list holds, in order: messages, and what is on its way out. */
export function itemsOf(view: ChatView): Item[] {
  const items: Item[] = [];
  let before: Row | undefined;
  for (const row of view.rows) {
    const { id, createdAt, sender } = row.message;
    const day = before !== undefined && dayOf(before.message.createdAt) !== dayOf(createdAt);
    const unreadSince = view.unread?.id === id ? view.unread.since : undefined;
    const missed = view.missed?.id === id ? view.missed.count : undefined;
    const grouped =
      before !== undefined &&
      !day &&
      unreadSince === undefined &&
      missed === undefined &&
      before.message.sender.arn === sender.arn &&
      createdAt - before.message.createdAt < groupMs;
    items.push({ kind: 'row', key: id, row, grouped, day, unreadSince, missed });
    before = row;
  }
  for (const draft of view.drafts) items.push({ kind: 'draft', key: draft.token, draft });
  return items;
}

function dayOf(moment: number): string {
  return new Date(moment).toDateString();
}
