import type { ReactNode } from 'react';
import { ThemeSwitch } from './ThemeSwitch.tsx';
import styles from './TopBar.module.css';
import { Wordmark } from './Wordmark.tsx';

/** The head of every page: the name, which leads home, what stands beside it, the theme. */
export function TopBar({ beside }: { beside?: ReactNode }) {
  return (
    <header className={styles.top}>
      <a href="/" className={styles.home}>
        <Wordmark />
      </a>
      <div className={styles.beside}>
        {beside}
        <ThemeSwitch />
      </div>
    </header>
  );
}
