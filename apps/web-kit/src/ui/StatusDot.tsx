import { cx } from '../cx.ts';
import styles from './StatusDot.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'off';

/**
 * A state as a shape and a word: the colour never speaks alone.
 * @param long for a sentence, which may take several lines.
 */
export function StatusDot({ tone, long, children }: { tone: Tone; long?: boolean; children: string }) {
  return (
    <span className={cx(styles.status, long && styles.long)}>
      <span className={cx(styles.dot, styles[tone])} aria-hidden="true" />
      {children}
    </span>
  );
}
