import type { ReactNode } from 'react';
import { cx } from '../cx.ts';
import styles from './Notice.module.css';

/** One calm step or one piece of news: what happened, whether anything was lost, what to do. */
export function Notice({
  tone = 'neutral',
  title,
  children,
  actions,
}: {
  tone?: 'neutral' | 'warn' | 'bad';
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={cx(styles.notice, styles[tone])}>
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.body}>{children}</div>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
