import styles from './Key.module.css';

/** The letter that does the same, shown on the button while letters act. */
export function Key({ letter, on }: { letter: string; on: boolean }) {
  return on ? (
    <span className={styles.key} aria-hidden="true">
      {letter}
    </span>
  ) : null;
}
