import { cx } from '../cx.ts';
import styles from './StatusDot.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'off';

/** A state as a shape and a word: the colour never speaks alone. */
export function StatusDot({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span className={styles.status}>
      <span className={cx(styles.dot, styles[tone])} aria-hidden="true" />
      {children}
    </span>
  );
}
