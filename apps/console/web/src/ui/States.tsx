import { Button } from '@carillon/web-kit';
import styles from './States.module.css';

/** What is seen is old; when it is tried again. @param seconds Null while it is being tried. */
export function Reconnecting({ words, seconds, onNow }: { words: string; seconds: number | null; onNow: () => void }) {
  return (
    <div className={styles.banner}>
      <p>
        <span role="status">{words}</span>{' '}
        <span className={styles.number}>{seconds === null ? 'Trying…' : `Trying again in ${seconds} s.`}</span>
      </p>
      <Button size="small" onClick={onNow}>
        Now
      </Button>
    </div>
  );
}
