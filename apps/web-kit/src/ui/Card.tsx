import type { ReactNode } from 'react';
import { useId } from 'react';
import { cx } from '../cx.ts';
import styles from './Card.module.css';

/** A titled region of a page. */
export function Card({
  title,
  note,
  className,
  children,
}: {
  title: string;
  /** One line below the title: what this is for. */
  note?: ReactNode;
  className?: string | undefined;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={cx(styles.card, className)}>
      <header className={styles.head}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {note && <p className={styles.note}>{note}</p>}
      </header>
      {children}
    </section>
  );
}
