import { Button } from '@carillon/web-kit';
import styles from './Broken.module.css';

/** A fault of the page itself: what is stored is stored, and the page can be drawn anew. */
export function Broken({ retry }: { retry: () => void }) {
  return (
    <main className={styles.broken}>
      <h1>This page has stumbled</h1>
      <p>
        What was saved is saved, and the show itself goes on. Show the page again; if it stumbles again, load it anew.
      </p>
      <p className={styles.brokenActs}>
        <Button look="primary" onClick={retry}>
          Show it again
        </Button>
        <Button onClick={() => location.reload()}>Load it anew</Button>
      </p>
    </main>
  );
}
