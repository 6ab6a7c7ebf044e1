import { Button, cx, Icon } from '@carillon/web-kit';
import { memo } from 'react';
import type { Item } from '../../../fan/features/chat/items.ts';
import { Quoted, sameQuote } from '../../../fan/features/chat/Quoted.tsx';
import type { Row } from '../../../fan/features/chat/view.ts';
import { ownZone } from '../../../shared/time.ts';
import { clock, dateTime } from '../../../staff/times.ts';
import { Key } from '../Key.tsx';
import styles from './Live.module.css';
import { useLongPress } from './useLongPress.ts';

interface Props {
  item: Extract<Item, { kind: 'row' }>;
  /** This row is the list's tab stop. */
  stop: boolean;
  keys: boolean;
  pinned: boolean;
  /** Who removed it, where that was heard. */
  by: string | undefined;
  open: (row: Row, element: HTMLElement, at?: { x: number; y: number }) => void;
  remove: (row: Row) => void;
  timeOut: (row: Row) => Promise<void>;
  /** To another message of the list. */
  go: (id: string) => void;
}

/** One message with what staff can do about it. Its text stays text. */
export const LiveRow = memo(
  function LiveRow({ item, stop, keys, pinned, by, open, remove, timeOut, go }: Props) {
    const { row } = item;
    const { message } = row;
    const kind = row.staff;
    const name = nameOf(row);
    const press = useLongPress((element, at) => open(row, element, at));
    return (
      <li
        {...press}
        data-id={message.id}
        tabIndex={stop ? 0 : -1}
        className={cx(styles.row, kind === 'artist' && styles.artistRow, row.own && styles.own)}
      >
        <p className={styles.by}>
          <bdi className={cx(styles.name, kind && styles.staffName)}>{name}</bdi>
          {kind && <span className={styles.badge}>{kind === 'artist' ? 'Artist' : 'Moderator'}</span>}
          {row.own && <span>you</span>}
          {pinned && <span className={styles.pinned}>pinned</span>}
          <time dateTime={new Date(message.createdAt).toISOString()} title={dateTime(message.createdAt, ownZone())}>
            {clock(message.createdAt)}
          </time>
        </p>
        {row.answers && <Quoted quote={row.answers} stop={stop} go={go} />}
        {row.removed ? (
          <p className={styles.removed}>
            Removed by <bdi>{by ?? 'a moderator'}</bdi>
          </p>
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
    a.by === b.by &&
    a.open === b.open &&
    a.go === b.go &&
    a.remove === b.remove &&
    a.timeOut === b.timeOut &&
    a.item.row.message === b.item.row.message &&
    sameQuote(a.item.row.answers, b.item.row.answers) &&
    a.item.row.staff === b.item.row.staff &&
    a.item.row.name === b.item.row.name &&
    a.item.row.removed === b.item.row.removed,
);

/** What a person is called in what is said of them. */
export function nameOf(row: Row): string {
  return row.name || 'somebody';
}
