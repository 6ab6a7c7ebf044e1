import { cx } from '@carillon/web-kit';
import styles from './Pill.module.css';

/** A word that sorts. */
export function Pill({ children, tone }: { children: string; tone?: 'bronze' | 'plain' | 'bad' }) {
  return <span className={cx(styles.pill, tone && styles[tone])}>{children}</span>;
}
