import {
  type FocusEvent,
  type KeyboardEvent,
  type PointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
} from 'react';
import type { ChatRoom } from '../../../fan/features/chat/room.ts';

/** Within this many pixels of the end the list follows new messages. */
const followWithin = 80;
/** Within this many of the beginning older ones are fetched. */
const fetchWithin = 100;

/** What is spread on the box that scrolls. */
interface Handlers {
  ref: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  onFocus: (event: FocusEvent) => void;
  onBlur: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerLeave: () => void;
}

/**
 * The place of a list that grows at its end. It follows what comes, but stands still for whoever is at work in it: keys
 * or a finger that stand on a row, a mouse that points into it, a menu or a dialog that was opened from it. Whatever
 * comes or goes then, the row that is looked at stays where it is.
 * @param items another array whenever rows came, went or changed.
 * @param open a menu of a row is open.
 */
export function useFollow(
  room: ChatRoom,
  items: readonly unknown[],
  open: boolean,
): { box: RefObject<HTMLDivElement | null>; handlers: Handlers; toEnd: () => void } {
  const box = useRef<HTMLDivElement>(null);
  /** As the reader left it; what comes while the list stands still does not change it. */
  const atEnd = useRef(true);
  const anchor = useRef<{ id: string; top: number }>(undefined);
  /** Where this itself has scrolled to: what is told of that is no wish of the reader. */
  const put = useRef<number>(undefined);
  const pointing = useRef(false);
  const touched = useRef(false);
  const wasHeld = useRef(false);
  const menu = useRef(open);
  menu.current = open;

  const held = useCallback((): boolean => {
    if (menu.current || pointing.current) return true;
    if (document.querySelector('dialog[open]')) return wasHeld.current;
    const row = rowWithFocus(box.current);
    return row !== undefined && (touched.current || document.activeElement?.matches(':focus-visible') === true);
  }, []);

  const remember = useCallback(() => {
    const list = box.current;
    if (!list || list.clientHeight === 0) return;
    const { top, bottom } = list.getBoundingClientRect();
    const own = rowWithFocus(list)?.getBoundingClientRect();
    const row = own && own.bottom > top && own.top < bottom ? rowWithFocus(list) : firstBelow(list, top);
    anchor.current = row && { id: row.dataset.id ?? '', top: row.getBoundingClientRect().top - top };
  }, []);

  const scroll = useCallback((list: HTMLElement, to: number) => {
    list.scrollTop = to;
    put.current = list.scrollTop;
  }, []);

  /** Somebody began or ended to be at work in the list. */
  const look = useCallback(() => {
    const now = held();
    if (now === wasHeld.current) return;
    wasHeld.current = now;
    if (now) remember();
    else if (atEnd.current && box.current) scroll(box.current, box.current.scrollHeight);
    room.follow(atEnd.current && !now);
  }, [held, remember, scroll, room]);

  const settle = useCallback(() => {
    const list = box.current;
    // A pane behind another tab has no place to keep.
    if (!list || list.clientHeight === 0) return;
    look();
    if (atEnd.current && !wasHeld.current) scroll(list, list.scrollHeight);
    else if (anchor.current) {
      const row = list.querySelector(`[data-id="${CSS.escape(anchor.current.id)}"]`);
      const moved = row && row.getBoundingClientRect().top - list.getBoundingClientRect().top - anchor.current.top;
      if (moved && Math.abs(moved) >= 0.5) scroll(list, list.scrollTop + moved);
    }
    remember();
  }, [look, remember, scroll]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the place is kept whenever the rows changed
  useLayoutEffect(settle, [items, settle]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a menu that opens or closes
  useEffect(look, [open, look]);

  // A keyboard on the screen, a banner, another tab: the list has another height.
  useEffect(() => {
    if (!box.current) return;
    const watch = new ResizeObserver(settle);
    watch.observe(box.current);
    return () => watch.disconnect();
  }, [settle]);

  // Keys that are used elsewhere: the mouse was left lying.
  useEffect(() => {
    const pressed = (event: Event) => {
      if (!pointing.current || box.current?.contains(event.target as Node)) return;
      pointing.current = false;
      look();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [look]);

  const toEnd = useCallback(() => {
    const list = box.current;
    if (!list) return;
    if (rowWithFocus(list)) list.focus({ preventScroll: true });
    pointing.current = false;
    wasHeld.current = false;
    atEnd.current = true;
    scroll(list, list.scrollHeight);
    room.follow(true);
  }, [room, scroll]);

  const handlers = useMemo<Handlers>(
    () => ({
      ref: box,
      onScroll: () => {
        const list = box.current;
        if (!list || list.clientHeight === 0) return;
        if (put.current !== undefined && Math.abs(list.scrollTop - put.current) < 1) {
          remember();
          return;
        }
        put.current = undefined;
        const now = list.scrollHeight - list.scrollTop - list.clientHeight < followWithin;
        // A finger that has drawn the list down to its end has done with the row it stood on.
        if (now && !atEnd.current && touched.current && rowWithFocus(list)) list.focus({ preventScroll: true });
        atEnd.current = now;
        wasHeld.current = held();
        room.follow(now && !wasHeld.current);
        remember();
        if (list.scrollTop < fetchWithin && room.snapshot().older === 'more') void room.loadOlder();
      },
      onFocus: event => {
        look();
        remember();
        const row = rowWithFocus(box.current);
        // What a touched row shows more of may be below the fold.
        if (touched.current && event.target === row)
          requestAnimationFrame(() => row?.scrollIntoView({ block: 'nearest' }));
      },
      // Once it is known where the focus went.
      onBlur: () => setTimeout(look),
      onKeyDown: () => {
        touched.current = false;
      },
      onPointerDown: event => {
        touched.current = event.pointerType !== 'mouse';
      },
      onPointerMove: event => {
        // A list that moves beneath a mouse at rest says so too, and that is no pointing.
        if (event.pointerType !== 'mouse' || pointing.current || (event.movementX === 0 && event.movementY === 0))
          return;
        pointing.current = true;
        look();
      },
      onPointerLeave: () => {
        if (!pointing.current) return;
        pointing.current = false;
        look();
      },
    }),
    [room, held, look, remember],
  );

  return { box, handlers, toEnd };
}

function rowWithFocus(list: HTMLElement | null): HTMLElement | undefined {
  const at = document.activeElement;
  return (list?.contains(at) && at?.closest<HTMLElement>('[data-id]')) || undefined;
}

/** The first row that reaches below a line; rows are in order, so that a few looks find it. */
function firstBelow(list: HTMLElement, line: number): HTMLElement | undefined {
  const rows = list.querySelectorAll<HTMLElement>('[data-id]');
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > line) to = middle;
    else from = middle + 1;
  }
  return rows[from];
}
