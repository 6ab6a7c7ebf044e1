import { Button } from '@carillon/web-kit';
import type { ReactNode } from 'react';
import styles from './States.module.css';

/** Stands where something is about to be. */
export function Skeleton() {
  return (
    <div className={styles.skeleton} role="status">
      <span className="visually-hidden">Loading</span>
      {[1, 2, 3].map(n => (
        <div key={n} className={styles.bar} aria-hidden="true" />
      ))}
    </div>
  );
}

/** What is seen is old; when it is tried again. @param seconds Null while it is being tried. */
export function Reconnecting({ words, seconds, onNow }: { words: string; seconds: number | null; onNow: () => void }) {
  return (
    <div className={styles.banner}>
      <p>
        <span role="status">{words}</span>{' '}
        <span className={styles.number}>{seconds === null ? 'Trying…' : `Trying again in ${seconds} s.`}</span>
      </p>
      <Button size="small" onClick={onNow}>
        Now
      </Button>
    </div>
  );
}

/** There is nothing, and why, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <p className={styles.emptyTitle}>{title}</p>
      {children}
    </div>
  );
}
