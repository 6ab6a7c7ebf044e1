import { Button, cx } from '@carillon/web-kit';
import type { Message } from '@carillon/web-kit/chat';
import {
  type KeyboardEvent,
  type Ref,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { wordsFor } from '../../session/errors.ts';
import styles from './MessageList.module.css';
import { MessageRow } from './MessageRow.tsx';
import type { Room, RoomView } from './room.ts';

export interface MessageListHandle {
  toEnd(): void;
  /** @returns false when there is no message of one's own to edit. */
  editLast(): boolean;
}

/** Within this many pixels of the end the list follows new messages. */
const followWithin = 80;

/** Messages of one person within this time share one name. */
const groupMs = 5 * 60_000;

/**
 * An ordinary list, never a live region: what arrives is announced elsewhere. One tab stop; arrows, Home and End move
 * by message; focus and place never move because something arrived.
 */
export function MessageList({
  ref,
  room,
  view,
  name,
}: {
  ref: Ref<MessageListHandle>;
  room: Room;
  view: RoomView;
  name: string;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const height = useRef(0);
  const oldest = useRef<string>(undefined);
  const [current, setCurrent] = useState<string>();
  const [editing, setEditing] = useState<string>();
  const [unseen, setUnseen] = useState(false);

  const { messages, drafts } = view;
  const newest = messages.at(-1)?.id;
  const stop = messages.some(m => m.id === current) ? current : newest;

  const toEnd = useCallback(() => {
    following.current = true;
    setUnseen(false);
    requestAnimationFrame(() => scroller.current?.scrollTo({ top: scroller.current.scrollHeight }));
  }, []);

  useImperativeHandle(
    ref,
    () => ({
      toEnd,
      editLast: () => {
        // While the last text is still on its way out, an older one is not what is meant.
        if (drafts.length > 0) return false;
        const last = messages.findLast(m => m.sender.arn === view.me && !m.redacted);
        if (last) setEditing(last.id);
        return last !== undefined;
      },
    }),
    [toEnd, messages, drafts, view.me],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is kept whenever the rows changed
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const first = messages[0]?.id;
    if (following.current) box.scrollTop = box.scrollHeight;
    else if (oldest.current !== undefined && first !== oldest.current)
      box.scrollTop += box.scrollHeight - height.current;
    else if (box.scrollHeight > height.current) setUnseen(true);
    height.current = box.scrollHeight;
    oldest.current = first;
  }, [messages, drafts]);

  function onScroll() {
    const box = scroller.current;
    if (!box) return;
    following.current = box.scrollHeight - box.scrollTop - box.clientHeight < followWithin;
    if (following.current) setUnseen(false);
  }

  function onKeyDown(event: KeyboardEvent) {
    const row = (event.target as Element).closest<HTMLElement>('[data-id]');
    if (!row || event.target !== row) return;
    const at = messages.findIndex(m => m.id === row.dataset.id);
    const to =
      event.key === 'ArrowUp'
        ? Math.max(0, at - 1)
        : event.key === 'ArrowDown'
          ? Math.min(messages.length - 1, at + 1)
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? messages.length - 1
              : -1;
    const target = messages[to];
    if (!target) return;
    event.preventDefault();
    focusRow(target.id);
  }

  function focusRow(id: string) {
    setCurrent(id);
    scroller.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
  }

  const empty = view.history.is === 'ready' && messages.length === 0 && drafts.length === 0;
  return (
    <div className={styles.frame}>
      <div ref={scroller} className={styles.scroller} onScroll={onScroll} data-scroller="">
        {view.history.is === 'loading' && messages.length === 0 && <Skeleton />}
        {view.history.is === 'failed' && (
          <div className={styles.middle}>
            <p>{wordsFor(view.history.code)}</p>
            <Button size="small" onClick={() => void room.load()}>
              Try again
            </Button>
          </div>
        )}
        {empty && (
          <div className={styles.middle}>
            <p className={styles.emptyTitle}>Nothing said yet</p>
            <p>Say something as {name}; it appears in both windows.</p>
          </div>
        )}
        {view.older !== 'none' && messages.length > 0 && (
          <div className={styles.older}>
            <Button size="small" look="plain" disabled={view.older === 'loading'} onClick={() => void room.loadOlder()}>
              {view.older === 'loading'
                ? 'Loading older messages'
                : view.older === 'failed'
                  ? 'Not loaded. Try again'
                  : 'Older messages'}
            </Button>
          </div>
        )}
        {/* biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so */}
        <ul role="list" className={styles.list} aria-label={`Messages in ${name}’s window`} onKeyDown={onKeyDown}>
          {messages.map((message, at) => (
            <MessageRow
              key={message.id}
              message={message}
              mine={message.sender.arn === view.me}
              grouped={continues(messages[at - 1], message)}
              day={newDay(messages[at - 1], message)}
              position={at + 1}
              count={messages.length}
              stop={message.id === stop}
              busy={view.busy.has(message.id)}
              editing={message.id === editing}
              onFocus={() => setCurrent(message.id)}
              onEdit={() => setEditing(message.id)}
              onEditEnd={() => {
                setEditing(undefined);
                requestAnimationFrame(() => focusRow(message.id));
              }}
              edit={text => room.edit(message.id, text)}
              redact={() => room.redact(message.id)}
            />
          ))}
          {drafts.map(draft => (
            <li key={draft.token} className={cx(styles.draft, draft.state === 'failed' && styles.draftFailed)}>
              <p dir="auto" className={styles.draftText}>
                {draft.text}
              </p>
              <p className={styles.draftState}>
                {draft.state === 'failed'
                  ? `Not sent. ${wordsFor(draft.code ?? 'Unknown')}`
                  : draft.state === 'waiting'
                    ? 'Waiting for the connection'
                    : draft.state === 'sent'
                      ? 'Sent'
                      : 'Sending'}
              </p>
              {draft.state === 'failed' && (
                <div className={styles.draftActs}>
                  <Button size="small" onClick={() => room.again(draft)}>
                    Send again
                  </Button>
                  <Button size="small" look="plain" onClick={() => room.discard(draft)}>
                    Discard
                  </Button>
                </div>
              )}
            </li>
          ))}
        </ul>
      </div>
      {unseen && (
        <div className={styles.unseen}>
          <Button size="small" look="primary" onClick={toEnd}>
            New messages
          </Button>
        </div>
      )}
    </div>
  );
}

function Skeleton() {
  return (
    <div className={styles.skeleton} role="status">
      <span className="visually-hidden">Loading messages</span>
      <span />
      <span />
      <span />
    </div>
  );
}

function continues(before: Message | undefined, message: Message): boolean {
  return (
    before !== undefined &&
    before.sender.arn === message.sender.arn &&
    message.createdAt - before.createdAt < groupMs &&
    !newDay(before, message)
  );
}

function newDay(before: Message | undefined, message: Message): boolean {
  return (
    before === undefined || new Date(before.createdAt).toDateString() !== new Date(message.createdAt).toDateString()
  );
}
