import { ThemeSwitch, Wordmark } from '@carillon/web-kit';
import type { ReactNode } from 'react';
import styles from './Frame.module.css';

/** What surrounds every page of the organiser. */
export function Frame({
  name,
  signOut,
  wide,
  children,
}: {
  name?: string | undefined;
  signOut?: (() => void) | undefined;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={wide ? styles.wide : styles.frame}>
      <a href="#main" className={styles.skip}>
        Skip to the page
      </a>
      <header className={styles.top}>
        <a href="/events/organise" className={styles.home}>
          <Wordmark />
        </a>
        <div className={styles.beside}>
          {name && (
            <span className={styles.name}>
              <bdi>{name}</bdi>
            </span>
          )}
          {signOut && (
            <button type="button" className={styles.out} onClick={signOut}>
              Sign out
            </button>
          )}
          <ThemeSwitch />
        </div>
      </header>
      <main id="main" className={styles.main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
