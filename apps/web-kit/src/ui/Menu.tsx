import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import styles from './Menu.module.css';

export interface MenuItem {
  id: string;
  name: string;
  icon?: ReactNode;
  danger?: boolean;
  act: () => void;
}

/** Where a menu opens, in pixels of the window. */
export interface Place {
  x: number;
  y: number;
}

/**
 * A menu after the ARIA pattern, in the top layer: arrows, Home, End and first letters move, Escape and Tab close it.
 * Whoever opens it takes the focus back in `onClose`.
 */
export function Menu({
  label,
  items,
  at,
  onClose,
}: {
  label: string;
  items: readonly MenuItem[];
  at: Place;
  /** @param chosen true when an item was taken, whose act decides where focus goes. */
  onClose: (chosen: boolean) => void;
}) {
  const menu = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;

  useLayoutEffect(() => {
    const element = menu.current;
    if (!element) return;
    if (!element.matches(':popover-open')) element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    const rtl = getComputedStyle(element).direction === 'rtl';
    const left = Math.max(8, Math.min(rtl ? at.x - width : at.x, innerWidth - width - 8));
    const top = at.y + height > innerHeight - 8 ? Math.max(8, at.y - height) : at.y;
    element.style.insetInlineStart = 'auto';
    element.style.left = `${left}px`;
    element.style.top = `${top}px`;
    element.querySelector('button')?.focus({ preventScroll: true });
  }, [at]);

  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (!menu.current?.contains(event.target as Node)) close.current(false);
    };
    const away = () => close.current(false);
    addEventListener('pointerdown', outside, true);
    addEventListener('resize', away);
    return () => {
      removeEventListener('pointerdown', outside, true);
      removeEventListener('resize', away);
    };
  }, []);

  function onKeyDown(event: KeyboardEvent) {
    const buttons = [...(menu.current?.querySelectorAll('button') ?? [])];
    const here = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const letter = event.key.length === 1 && event.key !== ' ' ? event.key.toLowerCase() : undefined;
    const to =
      event.key === 'ArrowDown'
        ? (here + 1) % buttons.length
        : event.key === 'ArrowUp'
          ? (here + buttons.length - 1) % buttons.length
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? buttons.length - 1
              : letter
                ? next(buttons, here, letter)
                : -1;
    if (to >= 0) buttons[to]?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') onClose(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div ref={menu} role="menu" aria-label={label} popover="manual" className={styles.menu} onKeyDown={onKeyDown}>
      {items.map(item => (
        <button
          key={item.id}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className={item.danger ? styles.danger : styles.item}
          onClick={() => {
            onClose(true);
            item.act();
          }}
        >
          {item.icon}
          {item.name}
        </button>
      ))}
    </div>
  );
}

/** The next item that begins with a letter, from the one that has the focus on and around; -1 for none. */
function next(buttons: readonly HTMLButtonElement[], here: number, letter: string): number {
  for (let step = 1; step <= buttons.length; step++) {
    const at = (here + step) % buttons.length;
    if (buttons[at]?.textContent?.trim().toLowerCase().startsWith(letter)) return at;
  }
  return -1;
}
