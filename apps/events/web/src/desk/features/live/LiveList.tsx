import { Button, Icon, Menu, type MenuItem, useAnnounce } from '@carillon/web-kit';
import { type KeyboardEvent, useCallback, useLayoutEffect, useMemo, useState } from 'react';
import { DraftRow } from '../../../fan/features/chat/DraftRow.tsx';
import { itemsOf } from '../../../fan/features/chat/items.ts';
import type { ChatRoom } from '../../../fan/features/chat/room.ts';
import type { ChatView, Row } from '../../../fan/features/chat/view.ts';
import { chatWords } from '../../../fan/features/chat/words.ts';
import { useText } from '../../../shared/i18n/useText.ts';
import { number as counted } from '../../../staff/times.ts';
import type { PaneProps } from '../pane.ts';
import { commandOf } from '../../session/keys.ts';
import { staffWords } from '../../session/words.ts';
import styles from './Live.module.css';
import { LiveRow, nameOf } from './LiveRow.tsx';
import { useFollow } from './useFollow.ts';

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
  written,
  answer,
  rewrite,
}: PaneProps & {
  room: ChatRoom;
  view: ChatView;
  pinned: string | undefined;
  /** Changes when the reader wrote something and wants to see it. */
  written: number;
  answer: (row: Row) => void;
  /** Puts a text that was refused back to be written anew. */
  rewrite: (text: string) => void;
}) {
  const t = useText();
  const announce = useAnnounce();
  const [current, setCurrent] = useState<string>();
  const [menu, setMenu] = useState<{ row: Row; at: { x: number; y: number } }>();
  const items = useMemo(() => itemsOf(view), [view]);
  const rows = useMemo(() => items.filter(i => i.kind === 'row'), [items]);
  const { box, handlers, toEnd } = useFollow(room, items, menu !== undefined);
  const stop = rows.some(r => r.key === current) ? current : rows.at(-1)?.key;

  useLayoutEffect(() => {
    if (written > 0) toEnd();
  }, [written, toEnd]);

  const focusOn = useCallback(
    (key: string | undefined) => {
      if (key === undefined) return;
      setCurrent(key);
      box.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(key)}"]`)?.focus();
    },
    [box],
  );

  const remove = useCallback(
    (row: Row) => {
      // The button that was pressed goes with the text: the focus stays on the row.
      document.activeElement
        ?.closest<HTMLElement>(`[data-id="${CSS.escape(row.message.id)}"]`)
        ?.focus({ preventScroll: true });
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
    const pressed = keys ? commandOf(event) : undefined;
    // A key that is held down moves on; it does nothing to whatever comes next.
    const letter = event.repeat && pressed !== 'j' && pressed !== 'k' ? undefined : pressed;
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
    else if ((onRow && event.key === 'Enter') || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))
      open(item.row, element);
    // Out of the list, and on with following it.
    else if (event.key === 'Escape') box.current?.focus({ preventScroll: true });
    else return;
    event.preventDefault();
  }

  function itemsFor(row: Row): MenuItem[] {
    const found: MenuItem[] = [];
    const fan = row.staff === undefined;
    if (!row.removed) {
      found.push(
        { id: 'answer', name: 'Answer', icon: <Icon.Reply />, act: () => answer(row) },
        { id: 'copy', name: 'Copy text', icon: <Icon.Copy />, act: () => void copy(row.message.text) },
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
    const theirs = rows.filter(r => !r.row.removed && r.row.message.sender.arn === row.message.sender.arn);
    if (fan && theirs.length > (row.removed ? 0 : 1))
      found.push({
        id: 'all',
        name: `Remove all ${counted(theirs.length)} of theirs here`,
        icon: <Icon.Trash />,
        danger: true,
        act: () =>
          void model.removeAll(
            theirs.map(r => r.key),
            row.message.sender.arn,
            nameOf(row),
          ),
      });
    if (fan)
      found.push(
        { id: 'timeout', name: 'Time-out', icon: <Icon.Mute />, danger: true, act: () => void timeOut(row) },
        { id: 'ban', name: 'Ban', icon: <Icon.Leave />, danger: true, act: () => void timeOut(row, 'ban') },
      );
    return found;
  }

  async function copy(text: string) {
    const done = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    announce(done ? 'Copied' : 'This browser did not let the text be copied', true);
  }

  return (
    <div className={styles.frame}>
      {/* biome-ignore lint/a11y/useSemanticElements: a region that scrolls, named for who comes to it */}
      <div
        {...handlers}
        role="region"
        aria-label="Messages"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be in reach of the keyboard
        tabIndex={0}
        className={styles.scroller}
        data-scroller=""
      >
        {view.history.is === 'loading' && items.length === 0 && (
          <p className={styles.middle} role="status">
            Loading messages
          </p>
        )}
        {view.history.is === 'failed' && (
          <div className={styles.middle}>
            <p>{staffWords(view.history.code) ?? chatWords(view.history.code, t)}</p>
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
                  rewrite={() => rewrite(room.discard(item.draft))}
                />
              ) : (
                <LiveRow
                  key={item.key}
                  item={item}
                  stop={item.key === stop}
                  keys={keys}
                  pinned={item.key === pinned}
                  by={item.row.removed ? model.removedBy(item.key) : undefined}
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
              box.current?.focus({ preventScroll: true });
              toEnd();
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
