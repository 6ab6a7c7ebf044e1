import { Icon } from '@carillon/web-kit';
import type { ReactNode } from 'react';
import styles from './Head.module.css';

/** The head of a screen: what it is, how many, and a way back. */
export function Head({
  title,
  back,
  beside,
  children,
}: {
  title: string;
  /** Made by whoever knows how links work here. */
  back?: (className: string | undefined, icon: ReactNode) => ReactNode;
  beside?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className={styles.head}>
      {back?.(styles.back, <Icon.Back />)}
      <div className={styles.line}>
        <h1 className={styles.title}>
          <bdi>{title}</bdi>
        </h1>
        {beside}
      </div>
      {children && <div className={styles.facts}>{children}</div>}
    </div>
  );
}

export function Count({ children }: { children: string }) {
  return <span className={styles.count}>{children}</span>;
}
