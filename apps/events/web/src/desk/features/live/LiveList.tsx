import { Button, cx, Icon, Menu, type MenuItem, useAnnounce } from '@carillon/web-kit';
import { type KeyboardEvent, memo, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { DraftRow } from '../../../fan/features/chat/DraftRow.tsx';
import { type Item, itemsOf } from '../../../fan/features/chat/items.ts';
import { Quoted, sameQuote } from '../../../fan/features/chat/Quoted.tsx';
import type { ChatRoom } from '../../../fan/features/chat/room.ts';
import type { ChatView, Row } from '../../../fan/features/chat/view.ts';
import { chatWords } from '../../../fan/features/chat/words.ts';
import { useText } from '../../../shared/i18n/useText.ts';
import { clock } from '../../../staff/times.ts';
import type { PaneProps } from '../pane.ts';
import { commandOf } from '../../session/keys.ts';
import { Key } from '../Key.tsx';
import styles from './Live.module.css';

/** Within this many pixels of the end the list follows new messages. */
const followWithin = 80;

/**
 * An ordinary list in the page's flow: the room keeps a few hundred rows, which a desk can draw whole, so that a search
 * of the browser and a screen reader find all of them. Focus and place never move because something arrived.
 */
export function LiveList({
  room,
  view,
  model,
  keys,
  sanction,
  pinned,
  toEnd,
  answer,
}: PaneProps & {
  room: ChatRoom;
  view: ChatView;
  pinned: string | undefined;
  /** Changes when the reader wrote something and wants to see it. */
  toEnd: number;
  answer: (row: Row) => void;
}) {
  const t = useText();
  const announce = useAnnounce();
  const scroller = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const height = useRef(0);
  const oldest = useRef<string>(undefined);
  const [current, setCurrent] = useState<string>();
  const [menu, setMenu] = useState<{ row: Row; at: { x: number; y: number } }>();
  const items = useMemo(() => itemsOf(view), [view]);
  const rows = useMemo(() => items.filter(i => i.kind === 'row'), [items]);
  const stop = rows.some(r => r.key === current) ? current : rows.at(-1)?.key;

  const end = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    following.current = true;
    box.scrollTop = box.scrollHeight;
    room.follow(true);
  }, [room]);

  useLayoutEffect(() => {
    if (toEnd > 0) end();
  }, [toEnd, end]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is kept whenever the rows changed
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const first = rows[0]?.key;
    if (following.current && !held()) box.scrollTop = box.scrollHeight;
    else if (oldest.current !== undefined && first !== oldest.current)
      box.scrollTop += box.scrollHeight - height.current;
    height.current = box.scrollHeight;
    oldest.current = first;
  }, [items]);

  /** Who stands on a row by keys has stopped there. */
  function held(): boolean {
    const box = scroller.current;
    const at = document.activeElement;
    return Boolean(box && at && at !== box && box.contains(at) && at.matches(':focus-visible')) || menu !== undefined;
  }

  function onScroll() {
    const box = scroller.current;
    if (!box) return;
    following.current = box.scrollHeight - box.scrollTop - box.clientHeight < followWithin;
    room.follow(following.current && !held());
    if (box.scrollTop < 100 && view.older === 'more') void room.loadOlder();
  }

  const focusOn = useCallback((key: string | undefined) => {
    if (key === undefined) return;
    setCurrent(key);
    scroller.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(key)}"]`)?.focus();
  }, []);

  const remove = useCallback(
    (row: Row) => {
      if (!row.removed) void model.remove(row.message.id, row.message.sender.arn, nameOf(row));
    },
    [model],
  );

  const timeOut = useCallback(
    async (row: Row, what: 'timeout' | 'ban' = 'timeout') => {
      const name = nameOf(row);
      const number = await model.numberFor(row.message.sender.arn).catch(() => undefined);
      if (number === undefined) announce(`The ticket of ${name} is not known. Search under People.`, true);
      else sanction({ what, number, name, back: () => focusOn(row.message.id) });
    },
    [model, announce, sanction, focusOn],
  );

  const open = useCallback((row: Row, element: HTMLElement, at?: { x: number; y: number }) => {
    const box = element.getBoundingClientRect();
    setCurrent(row.message.id);
    setMenu({ row, at: at ?? { x: box.left + 24, y: Math.min(box.bottom, innerHeight) } });
  }, []);

  function onKeyDown(event: KeyboardEvent) {
    const element = (event.target as Element).closest<HTMLElement>('[data-id]');
    const at = rows.findIndex(r => r.key === element?.dataset.id);
    const item = rows[at];
    if (!element || !item) return;
    const letter = keys ? commandOf(event) : undefined;
    const onRow = event.target === element;
    const to =
      letter === 'j' || (onRow && event.key === 'ArrowDown')
        ? Math.min(rows.length - 1, at + 1)
        : letter === 'k' || (onRow && event.key === 'ArrowUp')
          ? Math.max(0, at - 1)
          : onRow && event.key === 'Home'
            ? 0
            : onRow && event.key === 'End'
              ? rows.length - 1
              : undefined;
    const fan = item.row.staff === undefined;
    if (to !== undefined) focusOn(rows[to]?.key);
    else if (letter === 'r') remove(item.row);
    else if (letter === 't' && fan) void timeOut(item.row);
    else if ((onRow && event.key === 'Enter') || (event.key === 'F10' && event.shiftKey)) open(item.row, element);
    else return;
    event.preventDefault();
  }

  function itemsFor(row: Row): MenuItem[] {
    const found: MenuItem[] = [];
    const fan = row.staff === undefined;
    if (!row.removed) {
      found.push(
        { id: 'answer', name: 'Answer', icon: <Icon.Reply />, act: () => answer(row) },
        pinned === row.message.id
          ? { id: 'unpin', name: 'Take the pin down', icon: <Icon.Pin />, act: () => void model.unpin() }
          : {
              id: 'pin',
              name: 'Pin for everybody',
              icon: <Icon.Pin />,
              act: () => void model.pinUp(row.message.id, row.message.sender.arn, row.message.text),
            },
        { id: 'remove', name: 'Remove message', icon: <Icon.Trash />, danger: true, act: () => remove(row) },
      );
    }
    if (fan)
      found.push(
        { id: 'timeout', name: 'Time-out', icon: <Icon.Mute />, danger: true, act: () => void timeOut(row) },
        { id: 'ban', name: 'Ban', icon: <Icon.Leave />, danger: true, act: () => void timeOut(row, 'ban') },
      );
    return found;
  }

  return (
    <div className={styles.frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a region that scrolls, named for who comes to it */}
      <div
        ref={scroller}
        role="region"
        aria-label="Messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be in reach of the keyboard
        tabIndex={0}
        className={styles.scroller}
        onScroll={onScroll}
        data-scroller=""
      >
        {view.history.is === 'loading' && items.length === 0 && (
          <p className={styles.middle} role="status">
            Loading messages
          </p>
        )}
        {view.history.is === 'failed' && (
          <div className={styles.middle}>
            <p>{view.history.code.includes(' ') ? view.history.code : chatWords(view.history.code, t)}</p>
            <Button size="small" onClick={() => void room.load()}>
              Try again
            </Button>
          </div>
        )}
        {view.history.is === 'ready' && items.length === 0 && (
          <div className={styles.middle}>
            <p className={styles.quietTitle}>Nobody has said anything yet</p>
            <p>What fans write appears here as they see it.</p>
          </div>
        )}
        {view.older !== 'none' && items.length > 0 && (
          <div className={styles.older}>
            <Button size="small" look="plain" disabled={view.older === 'loading'} onClick={() => void room.loadOlder()}>
              {view.older === 'loading' ? 'Loading older messages' : 'Older messages'}
            </Button>
          </div>
        )}
        {items.length > 0 && (
          <ul
            // biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so
            role="list"
            aria-label="Messages"
            className={styles.list}
            onKeyDown={onKeyDown}
            onFocus={event => {
              const id = (event.target as Element).closest<HTMLElement>('[data-id]')?.dataset.id;
              if (id) setCurrent(id);
            }}
          >
            {items.map((item, index) =>
              item.kind === 'draft' ? (
                <DraftRow
                  key={item.key}
                  place={{
                    ref: () => {},
                    'data-index': index,
                    style: { position: 'static' },
                    'aria-posinset': index + 1,
                    'aria-setsize': items.length,
                  }}
                  draft={item.draft}
                  again={() => room.again(item.draft)}
                  discard={() => room.discard(item.draft)}
                  rewrite={() => room.discard(item.draft)}
                />
              ) : (
                <LiveRow
                  key={item.key}
                  item={item}
                  stop={item.key === stop}
                  keys={keys}
                  pinned={item.key === pinned}
                  open={open}
                  remove={remove}
                  timeOut={timeOut}
                  go={focusOn}
                />
              ),
            )}
          </ul>
        )}
      </div>
      {view.unseen > 0 && !view.paused && (
        <div className={styles.unseen}>
          <Button
            size="small"
            look="primary"
            onClick={() => {
              scroller.current?.focus({ preventScroll: true });
              end();
            }}
          >
            <Icon.ArrowDown /> {view.unseen} new
          </Button>
        </div>
      )}
      {menu && (
        <Menu
          label={`What to do with the message of ${nameOf(menu.row)}`}
          items={itemsFor(menu.row)}
          at={menu.at}
          onClose={() => {
            setMenu(undefined);
            focusOn(menu.row.message.id);
          }}
        />
      )}
    </div>
  );
}

const LiveRow = memo(
  function LiveRow({
    item,
    stop,
    keys,
    pinned,
    open,
    remove,
    timeOut,
    go,
  }: {
    item: Extract<Item, { kind: 'row' }>;
    stop: boolean;
    keys: boolean;
    pinned: boolean;
    open: (row: Row, element: HTMLElement, at?: { x: number; y: number }) => void;
    remove: (row: Row) => void;
    timeOut: (row: Row) => Promise<void>;
    go: (id: string) => void;
  }) {
    const { row } = item;
    const { message } = row;
    const kind = row.staff;
    const name = nameOf(row);
    return (
      <li
        data-id={message.id}
        tabIndex={stop ? 0 : -1}
        className={cx(styles.row, kind === 'artist' && styles.artistRow, row.own && styles.own)}
      >
        <p className={styles.by}>
          <bdi className={cx(styles.name, kind && styles.staffName)}>{name}</bdi>
          {kind && <span className={styles.badge}>{kind === 'artist' ? 'Artist' : 'Moderator'}</span>}
          {row.own && <span>you</span>}
          {pinned && <span className={styles.pinned}>pinned</span>}
          <time dateTime={new Date(message.createdAt).toISOString()}>{clock(message.createdAt)}</time>
        </p>
        {row.answers && <Quoted quote={row.answers} stop={stop} go={go} />}
        {row.removed ? (
          <p className={styles.removed}>Removed by a moderator</p>
        ) : (
          <p dir="auto" className={styles.text}>
            {message.text}
          </p>
        )}
        <div className={styles.rowActs}>
          {!row.removed && (
            <Button size="small" tabIndex={stop ? 0 : -1} onClick={() => remove(row)}>
              Remove
              <span className="visually-hidden"> what {name} wrote</span> <Key letter="R" on={keys} />
            </Button>
          )}
          {!kind && (
            <Button size="small" tabIndex={stop ? 0 : -1} onClick={() => void timeOut(row)}>
              Time-out
              <span className="visually-hidden"> or ban for {name}</span> <Key letter="T" on={keys} />
            </Button>
          )}
          <Button
            size="small"
            tabIndex={stop ? 0 : -1}
            aria-haspopup="menu"
            aria-label={`More for the message of ${name}`}
            onClick={event => {
              const box = event.currentTarget.getBoundingClientRect();
              const li = event.currentTarget.closest('li');
              if (li) open(row, li, { x: box.left, y: box.bottom + 2 });
            }}
          >
            <Icon.More />
          </Button>
        </div>
      </li>
    );
  },
  (a, b) =>
    a.stop === b.stop &&
    a.keys === b.keys &&
    a.pinned === b.pinned &&
    a.open === b.open &&
    a.remove === b.remove &&
    a.timeOut === b.timeOut &&
    a.item.row.message === b.item.row.message &&
    sameQuote(a.item.row.answers, b.item.row.answers) &&
    a.item.row.staff === b.item.row.staff &&
    a.item.row.name === b.item.row.name &&
    a.item.row.removed === b.item.row.removed,
);

function nameOf(row: Row): string {
  return row.name || 'somebody';
}
