import { Button, Icon, Menu, type MenuItem, useAnnounce } from '@carillon/web-kit';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type FocusEvent,
  type KeyboardEvent,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useText } from '../../../shared/i18n/useText.ts';
import { DraftRow } from './DraftRow.tsx';
import { itemsOf } from './items.ts';
import styles from './MessageList.module.css';
import { MessageRow } from './MessageRow.tsx';
import type { ChatRoom } from './room.ts';
import type { ChatView, Row } from './view.ts';
import { chatWords } from './words.ts';

/** Within this many pixels of the end the list follows new messages. */
const followWithin = 80;
/** From here on older messages are fetched before the reader gets there, in pixels. */
const fetchWithin = 200;
/** How high the way to older messages is, in pixels. */
const olderHeight = 48;

export interface MessageListHandle {
  toEnd(): void;
  to(id: string): void;
}

export interface RowActs {
  reply(row: Row): void;
  mention(row: Row): void;
  report(row: Row): void;
  hide(row: Row): void;
  writeAgain(text: string): void;
  /** What had the focus is gone. */
  toComposer(): void;
}

/**
 * An ordinary list, never a live region: what arrives is announced elsewhere. Only what can be seen is in the page, and
 * the row that has the focus. One tab stop; arrows, Home and End move by message; focus and place never move because
 * something arrived.
 */
export function MessageList({
  ref,
  room,
  view,
  acts,
}: {
  ref: Ref<MessageListHandle>;
  room: ChatRoom;
  view: ChatView;
  acts: RowActs;
}) {
  const t = useText();
  const announce = useAnnounce();
  const scroller = useRef<HTMLDivElement>(null);
  const items = useMemo(() => itemsOf(view), [view]);
  const [current, setCurrent] = useState<string>();
  const [held, setHeld] = useState(false);
  const [menu, setMenu] = useState<{ row: Row; at: { x: number; y: number } }>();
  const focusing = useRef<string>(undefined);

  const stop = useMemo(() => {
    const known = items.some(i => i.key === current && i.kind === 'row');
    return known ? current : items.findLast(i => i.kind === 'row')?.key;
  }, [items, current]);
  const stopAt = items.findIndex(i => i.key === stop);
  const still = held || menu !== undefined || view.paused;

  // The way to older messages stands above the list and not in it: what the place is held by must be a message.
  const older = view.older !== 'none' && view.rows.length > 0;
  const above = older ? olderHeight : 0;

  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: index => items[index]?.key ?? index,
    estimateSize: () => 46,
    overscan: 10,
    paddingEnd: 10,
    scrollMargin: above,
    anchorTo: 'end',
    followOnAppend: !still,
    scrollEndThreshold: still ? 1 : followWithin,
    useFlushSync: false,
    rangeExtractor: range => {
      const shown = defaultRangeExtractor(range);
      // What has the focus, or may get it by one key, stays in the page.
      if (stopAt >= 0 && !shown.includes(stopAt)) shown.push(stopAt);
      return shown.sort((a, b) => a - b);
    },
  });

  // A banner or a keyboard takes from the list's height: who was at its end stays there.
  const pinned = useRef(true);
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const watch = new ResizeObserver(() => {
      if (pinned.current) virtualizer.scrollToEnd();
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, [virtualizer]);

  const look = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < followWithin;
    pinned.current = atEnd && !still;
    room.follow(pinned.current);
    if (!atEnd && box.scrollTop < fetchWithin && room.snapshot().older === 'more') void room.loadOlder();
  }, [room, still]);
  useEffect(look, [look]);

  const toEnd = useCallback(() => {
    setHeld(false);
    // After the new row is drawn, so that its height counts.
    requestAnimationFrame(() => virtualizer.scrollToEnd());
  }, [virtualizer]);

  useImperativeHandle(
    ref,
    () => ({
      toEnd,
      to: id => {
        const index = items.findIndex(i => i.key === id);
        if (index >= 0) virtualizer.scrollToIndex(index, { align: 'start' });
      },
    }),
    [toEnd, items, virtualizer],
  );

  // The first page is read from its end.
  const filled = view.history.is === 'ready' && items.length > 0;
  const placed = useRef(false);
  useLayoutEffect(() => {
    if (!filled || placed.current) return;
    placed.current = true;
    virtualizer.scrollToEnd();
  }, [filled, virtualizer]);

  const rowOf = useCallback(
    (key: string) => scroller.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(key)}"]`) ?? undefined,
    [],
  );

  // A row that was far away has to be drawn before it can have the focus; tried again after each draw.
  useLayoutEffect(() => {
    const row = focusing.current === undefined ? undefined : rowOf(focusing.current);
    if (!row) return;
    focusing.current = undefined;
    row.focus({ preventScroll: true });
  });

  function focusRow(index: number) {
    const key = items[index]?.key;
    if (key === undefined) return;
    focusing.current = key;
    setCurrent(key);
    virtualizer.scrollToIndex(index, { align: 'auto' });
    const row = rowOf(key);
    if (row) {
      focusing.current = undefined;
      row.focus({ preventScroll: true });
    }
  }

  function onKeyDown(event: KeyboardEvent) {
    const element = (event.target as Element).closest<HTMLElement>('[data-id]');
    if (!element || event.target !== element) return;
    const at = items.findIndex(i => i.key === element.dataset.id);
    const rows = items.map((item, index) => (item.kind === 'row' ? index : -1)).filter(index => index >= 0);
    const place = rows.indexOf(at);
    const to =
      event.key === 'ArrowUp'
        ? rows[Math.max(0, place - 1)]
        : event.key === 'ArrowDown'
          ? rows[Math.min(rows.length - 1, place + 1)]
          : event.key === 'Home'
            ? rows[0]
            : event.key === 'End'
              ? rows.at(-1)
              : undefined;
    if (to !== undefined) focusRow(to);
    else if (event.key === 'Enter' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))
      open(element);
    else if (event.key === 'Escape') {
      // Out of the list, and on with following it.
      scroller.current?.focus({ preventScroll: true });
    } else return;
    event.preventDefault();
  }

  function open(element: HTMLElement, at?: { x: number; y: number }) {
    const item = items.find(i => i.key === element.dataset.id);
    if (item?.kind !== 'row') return;
    const box = element.getBoundingClientRect();
    const rtl = getComputedStyle(element).direction === 'rtl';
    setCurrent(item.key);
    setMenu({
      row: item.row,
      at: at ?? { x: rtl ? box.right - 24 : box.left + 24, y: Math.min(box.bottom, innerHeight) },
    });
  }

  function onFocus(event: FocusEvent) {
    const row = (event.target as Element).closest<HTMLElement>('[data-id]');
    if (!row) return;
    setCurrent(row.dataset.id);
    // A finger or a mouse that touches a row goes on reading; keys that stand on one have stopped at it.
    if ((event.target as Element).matches(':focus-visible')) setHeld(true);
  }

  function onBlur(event: FocusEvent) {
    if (!event.currentTarget.contains(event.relatedTarget)) setHeld(false);
  }

  function itemsFor(row: Row): MenuItem[] {
    const found: MenuItem[] = [];
    if (!row.removed && view.mode !== 'staff')
      found.push({ id: 'reply', name: t('reply'), icon: <Icon.Reply />, act: () => acts.reply(row) });
    if (!row.own) found.push({ id: 'mention', name: t('mention'), icon: <Icon.At />, act: () => acts.mention(row) });
    if (!row.removed)
      found.push({ id: 'copy', name: t('copyText'), icon: <Icon.Copy />, act: () => void copy(row.message.text) });
    if (!row.own) {
      if (!row.removed)
        found.push({ id: 'report', name: t('report'), icon: <Icon.Flag />, act: () => acts.report(row) });
      if (!row.staff)
        found.push({ id: 'hide', name: t('hidePerson'), icon: <Icon.EyeOff />, act: () => acts.hide(row) });
    }
    return found;
  }

  async function copy(text: string) {
    const done = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    announce(t(done ? 'copied' : 'copyFailed'), true);
  }

  const focusOn = useRef(focusRow);
  focusOn.current = focusRow;
  const go = useCallback(
    (id: string) => {
      const index = items.findIndex(i => i.key === id);
      if (index >= 0) focusOn.current(index);
    },
    [items],
  );

  const empty = view.history.is === 'ready' && items.length === 0;
  return (
    <div className={styles.frame} data-region="">
      {/* biome-ignore lint/a11y/useSemanticElements: a region that scrolls, named for who comes to it */}
      <div
        ref={scroller}
        role="region"
        aria-label={t('messages')}
        tabIndex={-1}
        className={styles.scroller}
        onScroll={look}
        data-scroller=""
      >
        {view.history.is === 'loading' && items.length === 0 && (
          <div className={styles.skeleton} role="status">
            <span className="visually-hidden">{t('loadingMessages')}</span>
            <span />
            <span />
            <span />
          </div>
        )}
        {view.history.is === 'failed' && (
          <div className={styles.middle}>
            <p>{chatWords(view.history.code, t)}</p>
            <Button size="small" onClick={() => void room.load()}>
              {t('tryAgain')}
            </Button>
          </div>
        )}
        {empty && (
          <div className={styles.middle}>
            <p className={styles.emptyTitle}>{t('emptyTitle')}</p>
            <p>{t('emptyNote')}</p>
          </div>
        )}
        {older && (
          <div className={styles.older} style={{ blockSize: olderHeight }}>
            <Button size="small" look="plain" disabled={view.older === 'loading'} onClick={() => void room.loadOlder()}>
              {t(view.older === 'loading' ? 'olderLoading' : view.older === 'failed' ? 'olderFailed' : 'older')}
            </Button>
          </div>
        )}
        {items.length > 0 && (
          <ul
            // biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so
            role="list"
            className={styles.list}
            style={{ blockSize: virtualizer.getTotalSize() }}
            aria-label={t('messages')}
            onKeyDown={onKeyDown}
            onFocus={onFocus}
            onBlur={onBlur}
          >
            {virtualizer.getVirtualItems().map(v => {
              const item = items[v.index];
              if (!item) return null;
              const place = {
                ref: virtualizer.measureElement,
                'data-index': v.index,
                style: { transform: `translateY(${v.start - above}px)` },
                'aria-posinset': v.index + 1,
                'aria-setsize': items.length,
              };
              if (item.kind === 'draft')
                return (
                  <DraftRow
                    key={item.key}
                    place={place}
                    draft={item.draft}
                    again={() => {
                      room.again(item.draft);
                      acts.toComposer();
                    }}
                    discard={() => {
                      room.discard(item.draft);
                      acts.toComposer();
                    }}
                    rewrite={() => acts.writeAgain(room.discard(item.draft))}
                  />
                );
              return (
                <MessageRow
                  key={item.key}
                  place={place}
                  item={item}
                  stop={item.key === stop}
                  nickname={room.nickname}
                  open={open}
                  go={go}
                />
              );
            })}
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
              toEnd();
            }}
          >
            <Icon.ArrowDown />
            {t('newMessages', { n: view.unseen })}
          </Button>
          {view.unseenMentions > 0 && (
            <Button
              size="small"
              onClick={() => {
                const id = room.nextMention();
                if (id !== undefined) go(id);
              }}
            >
              <Icon.At />
              {t('toMention', { n: view.unseenMentions })}
            </Button>
          )}
        </div>
      )}
      {menu && (
        <Menu
          label={t('messageMenu', { name: menu.row.name || t('someone') })}
          items={itemsFor(menu.row)}
          at={menu.at}
          onClose={() => {
            const index = items.findIndex(i => i.key === menu.row.message.id);
            setMenu(undefined);
            if (index >= 0) focusRow(index);
          }}
        />
      )}
    </div>
  );
}
