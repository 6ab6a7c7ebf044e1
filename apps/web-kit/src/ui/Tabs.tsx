import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { cx } from '../cx.ts';
import styles from './Tabs.module.css';

interface Tab {
  id: string;
  title: string;
  panel: ReactNode;
}

/**
 * Tabs after the ARIA pattern. Whoever gives `chosen` keeps the choice (in the address, say) and hears of it by
 * `onChoose`.
 */
export function Tabs({
  label,
  tabs,
  className,
  chosen: given,
  onChoose,
}: {
  label: string;
  tabs: readonly Tab[];
  className?: string;
  chosen?: string;
  onChoose?: (id: string) => void;
}) {
  const [kept, keep] = useState(tabs[0]?.id);
  const chosen = given ?? kept;
  const setChosen = onChoose ?? keep;
  const base = useId();
  return (
    <div className={cx(styles.tabs, className)}>
      <TabList label={label} tabs={tabs} chosen={chosen} onChoose={setChosen} base={base} />
      {tabs.map(tab => (
        <div
          key={tab.id}
          role="tabpanel"
          id={`${base}-${tab.id}-panel`}
          aria-labelledby={`${base}-${tab.id}`}
          hidden={tab.id !== chosen}
          className={styles.panel}
        >
          {tab.panel}
        </div>
      ))}
    </div>
  );
}

/**
 * The row of tabs alone, for panels that are there without it too: one tab stop, arrows (in reading direction), Home and
 * End; the choice follows focus.
 * @param base begins the ids: `base-tab` is a tab, and `base-tab-panel` has to be its panel.
 */
export function TabList({
  label,
  tabs,
  chosen,
  onChoose: setChosen,
  base,
}: {
  label: string;
  tabs: readonly Pick<Tab, 'id' | 'title'>[];
  chosen: string | undefined;
  onChoose: (id: string) => void;
  base: string;
}) {
  const buttons = useRef(new Map<string, HTMLButtonElement>());

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const at = tabs.findIndex(tab => tab.id === chosen);
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const backward = forward === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight';
    const next =
      event.key === forward
        ? (at + 1) % tabs.length
        : event.key === backward
          ? (at + tabs.length - 1) % tabs.length
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? tabs.length - 1
              : undefined;
    const tab = next === undefined ? undefined : tabs[next];
    if (!tab) return;
    event.preventDefault();
    setChosen(tab.id);
    buttons.current.get(tab.id)?.focus();
  }

  return (
    <div role="tablist" aria-label={label} className={styles.list} onKeyDown={onKeyDown}>
      {tabs.map(tab => (
        <button
          key={tab.id}
          ref={element => {
            if (element) buttons.current.set(tab.id, element);
            else buttons.current.delete(tab.id);
          }}
          type="button"
          role="tab"
          id={`${base}-${tab.id}`}
          aria-selected={tab.id === chosen}
          aria-controls={`${base}-${tab.id}-panel`}
          tabIndex={tab.id === chosen ? 0 : -1}
          className={styles.tab}
          onClick={() => setChosen(tab.id)}
        >
          {tab.title}
        </button>
      ))}
    </div>
  );
}
