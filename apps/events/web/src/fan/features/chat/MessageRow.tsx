import { cx, Icon } from '@carillon/web-kit';
import { type CSSProperties, type MouseEvent, memo, type PointerEvent, type RefCallback, useRef } from 'react';
import { useLocale, useText } from '../../../shared/i18n/useText.ts';
import { timeOf } from '../../../shared/time.ts';
import type { Item } from './items.ts';
import styles from './MessageRow.module.css';
import { Quoted, sameQuote } from './Quoted.tsx';
import { parts } from './writing.ts';

/** A finger that rests this long asks for the menu, in milliseconds. */
const longPressMs = 500;

/** Where the list puts a row. */
export interface Place {
  ref: RefCallback<HTMLLIElement>;
  'data-index': number;
  style: CSSProperties;
  'aria-posinset': number;
  'aria-setsize': number;
}

interface Props {
  place: Place;
  item: Extract<Item, { kind: 'row' }>;
  /** This row is the list's tab stop. */
  stop: boolean;
  nickname: string | null;
  open: (row: HTMLElement, at?: { x: number; y: number }) => void;
  /** To another message of the list. */
  go: (id: string) => void;
}

/** One message. Its text stays text: nothing in it becomes a link or markup. */
export const MessageRow = memo(
  function MessageRow({ place, item, stop, nickname, open, go }: Props) {
    const t = useText();
    const locale = useLocale();
    const pressing = useRef<ReturnType<typeof setTimeout>>(undefined);
    const { row } = item;
    const { message } = row;
    const name = row.name || t('someone');

    function onPointerDown(event: PointerEvent<HTMLLIElement>) {
      if (event.pointerType === 'mouse') return;
      const { currentTarget, clientX, clientY } = event;
      pressing.current = setTimeout(() => open(currentTarget, { x: clientX, y: clientY }), longPressMs);
    }
    const letGo = () => clearTimeout(pressing.current);

    // A long press says so by this event on many phones. The mouse keeps the browser's own menu.
    function onContextMenu(event: MouseEvent<HTMLLIElement>) {
      if ((event.nativeEvent as globalThis.PointerEvent).pointerType !== 'touch') return;
      event.preventDefault();
      letGo();
      open(event.currentTarget);
    }

    return (
      <li
        {...place}
        className={cx(
          styles.row,
          item.grouped && styles.grouped,
          row.own && styles.own,
          row.callsMe && styles.callsMe,
          row.staff === 'artist' && styles.artistRow,
        )}
        data-id={message.id}
        tabIndex={stop ? 0 : -1}
        onPointerDown={onPointerDown}
        onPointerUp={letGo}
        onPointerCancel={letGo}
        onPointerMove={event => {
          if (Math.abs(event.movementX) + Math.abs(event.movementY) > 6) letGo();
        }}
        onContextMenu={onContextMenu}
      >
        {item.day && (
          <p className={styles.line}>
            <span>
              {new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' }).format(
                message.createdAt,
              )}
            </span>
          </p>
        )}
        {item.missed !== undefined && (
          <p className={styles.line}>
            <span>{t('missed', { n: item.missed })}</span>
          </p>
        )}
        {item.unreadSince !== undefined && (
          <p className={styles.line}>
            <span>{t('newSince', { time: timeOf(item.unreadSince, locale) })}</span>
          </p>
        )}
        <p className={cx(styles.by, item.grouped && 'visually-hidden')}>
          <bdi className={cx(styles.name, row.staff && styles.staffName)}>{name}</bdi>
          {row.staff && <span className={styles.badge}>{t(row.staff === 'artist' ? 'artist' : 'moderator')}</span>}
          {row.own && <span className={styles.you}>{t('you')}</span>}
          {row.callsMe && (
            <span className="visually-hidden">{t(row.answers?.own ? 'repliesToYou' : 'mentionsYou')}</span>
          )}
          <time dateTime={new Date(message.createdAt).toISOString()}>{timeOf(message.createdAt, locale)}</time>
        </p>
        {row.answers && <Quoted quote={row.answers} stop={stop} go={go} />}
        {row.removed ? (
          <p className={styles.removed}>{t('removed')}</p>
        ) : (
          <p dir="auto" className={styles.text}>
            {parts(message.text, nickname).map((part, at) =>
              part.called ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change their order
                <mark key={at} className={styles.call}>
                  {part.text}
                </mark>
              ) : (
                part.text
              ),
            )}
            {message.edited && <span className={styles.edited}> {t('edited')}</span>}
          </p>
        )}
        <button
          type="button"
          className={styles.more}
          tabIndex={stop ? 0 : -1}
          aria-haspopup="menu"
          aria-label={t('messageMenu', { name })}
          onClick={event => {
            const li = event.currentTarget.closest('li');
            const box = event.currentTarget.getBoundingClientRect();
            if (li) open(li, { x: box.left, y: box.bottom + 2 });
          }}
        >
          <Icon.More />
        </button>
      </li>
    );
  },
  (a, b) =>
    a.stop === b.stop &&
    a.nickname === b.nickname &&
    a.open === b.open &&
    a.go === b.go &&
    a.place.ref === b.place.ref &&
    a.place['data-index'] === b.place['data-index'] &&
    a.place['aria-setsize'] === b.place['aria-setsize'] &&
    a.place.style.transform === b.place.style.transform &&
    a.item.grouped === b.item.grouped &&
    a.item.day === b.item.day &&
    a.item.unreadSince === b.item.unreadSince &&
    a.item.missed === b.item.missed &&
    a.item.row.message === b.item.row.message &&
    a.item.row.staff === b.item.row.staff &&
    a.item.row.name === b.item.row.name &&
    a.item.row.removed === b.item.row.removed &&
    sameQuote(a.item.row.answers, b.item.row.answers) &&
    a.item.row.callsMe === b.item.row.callsMe,
);
