import { type ReactNode, useEffect, useState } from 'react';
import { Button } from './Button.tsx';
import styles from './States.module.css';

/** A skeleton that shows itself only when loading takes a while. */
export function Loading({ what }: { what: string }) {
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" className={styles.loading}>
      <span className="visually-hidden">{`Loading ${what}`}</span>
      {due && (
        <>
          <span />
          <span />
          <span />
        </>
      )}
    </div>
  );
}

/** Nothing here yet, and what to do about it. */
export function Empty({ icon, title, children }: { icon?: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      {icon && <span className={styles.icon}>{icon}</span>}
      <p className={styles.emptyTitle}>{title}</p>
      {children}
    </div>
  );
}

/** It could not be had: what happened, and the way to try again. */
export function Failed({ words, retry }: { words: string; retry: () => void }) {
  return (
    <div className={styles.failed} role="alert">
      <p>{words}</p>
      <Button size="small" onClick={retry}>
        Try again
      </Button>
    </div>
  );
}
