import { Button, cx, Icon } from '@carillon/web-kit';
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useNow } from '../../../shared/useNow.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { ago, clock, number } from '../../../staff/times.ts';
import { Failed, Loading } from '../../../staff/ui/State.tsx';
import type { PaneProps } from '../pane.ts';
import type { DeskView } from '../../session/desk.ts';
import { commandOf } from '../../session/keys.ts';
import type { HeldItem } from '../../session/types.ts';
import { reasonWords, whyWords } from '../../session/words.ts';
import { Key } from '../Key.tsx';
import styles from './Held.module.css';
import { WrongWordDialog } from './WrongWordDialog.tsx';

/** So soon after a row went the next is where it was: a press then was meant for the one that went, in milliseconds. */
const sameSpotMs = 350;

/** What waits for a decision, the oldest first. One row is in the tab order, with its buttons; J and K move, letters decide. */
export function HeldPane({ model, view, keys, sanction }: PaneProps & { view: DeskView }) {
  const now = useNow(5000);
  const list = useRef<HTMLUListElement>(null);
  const region = useRef<HTMLElement>(null);
  const [current, setCurrent] = useState<string>();
  const wanted = useRef<string>(undefined);
  const before = useRef<readonly HeldItem[]>([]);
  const wentAt = useRef(Number.NEGATIVE_INFINITY);
  const [wrong, setWrong] = useState<HeldItem>();
  const { held } = view;
  const stop = held.some(h => h.messageId === current) ? current : held[0]?.messageId;

  const focusOn = useCallback((id: string | undefined) => {
    if (id === undefined) {
      region.current?.focus();
      return;
    }
    wanted.current = id;
    setCurrent(id);
    list.current?.querySelector<HTMLElement>(`[data-held="${CSS.escape(id)}"]`)?.focus();
  }, []);

  // One's own decision takes a row away, and so does a colleague's.
  useLayoutEffect(() => {
    const there = new Set(held.map(h => h.messageId));
    if (before.current.some(h => !there.has(h.messageId))) wentAt.current = performance.now();
    before.current = held;
  }, [held]);

  // A decision takes its row away: the focus goes on to the next one, never to the page's top.
  useLayoutEffect(() => {
    const id = wanted.current;
    if (id === undefined || document.activeElement !== document.body) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-held="${CSS.escape(id)}"]`);
    if (row) row.focus();
    else region.current?.focus();
  });

  function decide(items: readonly HeldItem[], decision: 'approve' | 'refuse') {
    const at = held.findIndex(h => h.messageId === items[0]?.messageId);
    const stays = (h: HeldItem) => !items.some(i => i.messageId === h.messageId);
    const next = held.slice(at).find(stays) ?? held.slice(0, at).findLast(stays);
    const inside = list.current?.contains(document.activeElement);
    void model.decideAll(items, decision);
    if (inside) focusOn(next?.messageId);
  }

  /** By the mouse or a finger. */
  function press(event: MouseEvent, items: readonly HeldItem[], decision: 'approve' | 'refuse') {
    if (event.timeStamp - wentAt.current < sameSpotMs) return;
    decide(items, decision);
  }

  function timeOut(item: HeldItem) {
    if (item.number === null) return;
    sanction({
      what: 'timeout',
      number: item.number,
      name: item.nickname ?? `ticket ${item.number}`,
      back: () => focusOn(item.messageId),
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    const row = (event.target as Element).closest<HTMLElement>('[data-held]');
    const at = held.findIndex(h => h.messageId === row?.dataset.held);
    const item = held[at];
    if (!item) return;
    // A key that is held down moves on; it does not decide on whatever comes next.
    const pressed = keys ? commandOf(event) : undefined;
    const letter = event.repeat && pressed !== 'j' && pressed !== 'k' ? undefined : pressed;
    const onRow = event.target === row;
    const to =
      letter === 'j' || (onRow && event.key === 'ArrowDown')
        ? Math.min(held.length - 1, at + 1)
        : letter === 'k' || (onRow && event.key === 'ArrowUp')
          ? Math.max(0, at - 1)
          : onRow && event.key === 'Home'
            ? 0
            : onRow && event.key === 'End'
              ? held.length - 1
              : undefined;
    if (to !== undefined) focusOn(held[to]?.messageId);
    else if (letter === 'a') decide([item], 'approve');
    else if (letter === 'r') decide([item], 'refuse');
    else if (letter === 't') timeOut(item);
    else return;
    event.preventDefault();
  }

  const first = held[0];
  useEffect(() => {
    if (current && !held.some(h => h.messageId === current) && !first) setCurrent(undefined);
  }, [current, held, first]);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be in reach of the keyboard
    <section ref={region} className={styles.scroller} tabIndex={0} aria-label="Messages that wait">
      {view.heldState.is === 'failed' && held.length === 0 && (
        <Failed words={wordsFor(view.heldState.refusal)} retry={() => void model.loadHeld()} />
      )}
      {view.heldState.is === 'loading' && held.length === 0 && <Loading what="what waits" />}
      {view.heldState.is === 'ready' && held.length === 0 && (
        <div className={styles.empty}>
          <span className={styles.icon}>
            <Icon.Check />
          </span>
          <p className={styles.emptyTitle}>Nothing waits</p>
          <p>Messages come here when a word of the list, a rule or a fan’s report holds them.</p>
        </div>
      )}
      {held.length > 0 && (
        <ul
          ref={list}
          // biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so
          role="list"
          aria-label="Held"
          onKeyDown={onKeyDown}
        >
          {held.map((item, index) => {
            const name = item.nickname ?? (item.number === null ? 'Somebody' : `Ticket ${item.number}`);
            const tab = item.messageId === stop ? 0 : -1;
            const theirs = item.userArn === null ? [] : held.filter(h => h.userArn === item.userArn);
            return (
              <li
                key={item.messageId}
                data-held={item.messageId}
                className={cx(styles.item, item.claimedBy !== null && styles.claimed)}
                tabIndex={tab}
                aria-posinset={index + 1}
                aria-setsize={held.length}
                onFocus={event => {
                  setCurrent(item.messageId);
                  wanted.current = item.messageId;
                  if (event.target === event.currentTarget || current !== item.messageId) model.claim(item.messageId);
                }}
              >
                <p className={styles.by}>
                  <bdi className={styles.name}>{name}</bdi>
                  <time dateTime={item.at} title={clock(item.at)}>
                    {ago(item.at, now)}
                  </time>
                </p>
                <p dir="auto" className={styles.text}>
                  {item.text}
                </p>
                <p className={styles.why}>
                  <Icon.Flag /> {whyWords(item)}
                  {item.why === 'word' && item.state !== 'reported' && (
                    <Button
                      size="small"
                      look="plain"
                      className={styles.wrong}
                      tabIndex={tab}
                      onClick={() => setWrong(item)}
                    >
                      Wrong word<span className="visually-hidden"> held what {name} wrote</span>
                    </Button>
                  )}
                </p>
                {item.reasons && item.reasons.length > 0 && <Reasons item={item} reasons={item.reasons} />}
                {item.claimedBy && (
                  <p className={styles.claim}>
                    <Icon.Users />
                    <span>
                      <bdi>{item.claimedBy}</bdi> is looking at this
                    </span>
                  </p>
                )}
                <div className={styles.acts}>
                  <Button size="small" look="primary" tabIndex={tab} onClick={event => press(event, [item], 'approve')}>
                    {item.state === 'reported' ? 'Keep' : 'Approve'}
                    <span className="visually-hidden"> what {name} wrote</span> <Key letter="A" on={keys} />
                  </Button>
                  <Button size="small" tabIndex={tab} onClick={event => press(event, [item], 'refuse')}>
                    {item.state === 'reported' ? 'Remove' : 'Refuse'}
                    <span className="visually-hidden"> what {name} wrote</span> <Key letter="R" on={keys} />
                  </Button>
                  {item.number !== null && (
                    <Button size="small" look="plain" tabIndex={tab} onClick={() => timeOut(item)}>
                      Time-out or ban
                      <span className="visually-hidden"> for {name}</span> <Key letter="T" on={keys} />
                    </Button>
                  )}
                  {theirs.length > 1 && (
                    <Button size="small" look="plain" tabIndex={tab} onClick={event => press(event, theirs, 'refuse')}>
                      <span>
                        Refuse all {number(theirs.length)} of <bdi>{name}</bdi>
                      </span>
                    </Button>
                  )}
                </div>
              </li>
            );
          })}
        </ul>
      )}
      {wrong && (
        <WrongWordDialog
          model={model}
          item={wrong}
          close={passed => {
            setWrong(undefined);
            const at = held.findIndex(h => h.messageId === wrong.messageId);
            // After the dialog has given the focus back to where it was, which is about to go.
            if (passed) setTimeout(() => focusOn((held[at + 1] ?? held[at - 1])?.messageId));
          }}
        />
      )}
      {view.heldTotal > held.length && held.length > 0 && (
        <p className={styles.rest}>
          <span>and {number(view.heldTotal - held.length)} more</span>
          <Button size="small" onClick={() => void model.moreHeld()}>
            Show them
          </Button>
        </p>
      )}
    </section>
  );
}

/** What fans said when they reported it, each once, the first before the others. */
function Reasons({ item, reasons }: { item: HeldItem; reasons: NonNullable<HeldItem['reasons']> }) {
  const rest = (item.reports ?? 0) - reasons.reduce((sum, r) => sum + r.count, 0);
  return (
    // biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so
    <ul role="list" className={styles.reasons} aria-label="Reasons of the reports">
      {reasons.map(({ reason, count }) => (
        <li key={reason}>
          <bdi>{reasonWords(reason)}</bdi>
          <span className={styles.times}>
            {' '}
            <span aria-hidden="true">× {number(count)}</span>
            <span className="visually-hidden">{count === 1 ? 'by 1 fan' : `by ${number(count)} fans`}</span>
          </span>
        </li>
      ))}
      {rest > 0 && <li>and {number(rest)} more</li>}
    </ul>
  );
}
