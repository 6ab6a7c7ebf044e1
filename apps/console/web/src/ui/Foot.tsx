import { CopyBlock } from '@carillon/web-kit';
import { useId } from 'react';
import styles from './Foot.module.css';

/** The foot of a screen: the same from a shell. */
export function Foot({ line, what }: { line: string; what: string }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles.foot}>
      <h2 id={id} className={styles.title}>
        The same from a shell
      </h2>
      <CopyBlock text={line} what={what} />
    </section>
  );
}
