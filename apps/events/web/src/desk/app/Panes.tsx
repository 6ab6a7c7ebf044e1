import { cx, TabList } from '@carillon/web-kit';
import { type ReactNode, useId, useState, useSyncExternalStore } from 'react';
import { number } from '../../staff/times.ts';
import styles from './Desk.module.css';

export interface Pane {
  id: string;
  title: string;
  /** How many wait in it. */
  count?: number;
  content: ReactNode;
}

/**
 * Panes beside each other, or one of them with tabs where there is no room for that. They are the same panes when a
 * tablet is turned: what is being written in them, looked for or read stays.
 */
export function Panes({ wide, panes }: { wide: boolean; panes: readonly Pane[] }) {
  const base = useId();
  const [chosen, choose] = useState(panes[0]?.id);
  return (
    <div className={cx(styles.panes, wide && styles.beside)}>
      {!wide && (
        <TabList
          label="Panes"
          base={base}
          chosen={chosen}
          onChoose={choose}
          tabs={panes.map(p => ({
            id: p.id,
            title: p.count === undefined ? p.title : `${p.title} ${number(p.count)}`,
          }))}
        />
      )}
      {panes.map(pane => (
        <section
          key={pane.id}
          id={`${base}-${pane.id}-panel`}
          role={wide ? undefined : 'tabpanel'}
          aria-labelledby={wide ? `${base}-${pane.id}-title` : `${base}-${pane.id}`}
          hidden={!wide && pane.id !== chosen}
          className={styles.pane}
        >
          {wide && (
            <h2 id={`${base}-${pane.id}-title`} className={styles.paneTitle}>
              {pane.title} {pane.count !== undefined && <span className={styles.badge}>{number(pane.count)}</span>}
            </h2>
          )}
          {pane.content}
        </section>
      ))}
    </div>
  );
}

/** Whether three panes fit beside each other. */
export function useWide(): boolean {
  return useSyncExternalStore(
    listener => {
      const query = matchMedia('(min-width: 1000px)');
      query.addEventListener('change', listener);
      return () => query.removeEventListener('change', listener);
    },
    () => matchMedia('(min-width: 1000px)').matches,
  );
}
