import { TopBar } from '@carillon/web-kit';
import type { ReactNode } from 'react';
import styles from './Frame.module.css';

/** What surrounds every view: the name, what stands beside it, the theme. */
export function Frame({ beside, children, narrow }: { beside?: ReactNode; children: ReactNode; narrow?: boolean }) {
  return (
    <div className={narrow ? styles.narrow : styles.frame}>
      <TopBar beside={beside} />
      <main className={styles.main}>{children}</main>
    </div>
  );
}
