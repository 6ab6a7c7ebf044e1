import { Button, Dialog } from '@carillon/web-kit';
import { useEffect, useState } from 'react';
import { refusalOf } from '../../../shared/http.ts';
import { useNow } from '../../../shared/useNow.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { ago, clock } from '../../../staff/times.ts';
import type { DeskModel, DeskView } from '../../session/desk.ts';
import { actWords } from '../../session/words.ts';
import styles from '../Dialogs.module.css';

/** Who did what, the newest first; what can still be taken back has its button. */
export function LogDialog({ model, view, close }: { model: DeskModel; view: DeskView; close: () => void }) {
  const [next, setNext] = useState<string | null>();
  const [error, setError] = useState<string>();
  const now = useNow(1000);

  async function undo(id: number) {
    // What is refused is said here: behind this dialog nobody would hear of it.
    const done = await model.undo(id);
    setError(done ? undefined : 'Somebody else was quicker, or it is too late for that.');
    model.dismissTrouble();
    await model.loadLog().catch(() => {});
  }

  useEffect(() => {
    model.loadLog().then(setNext, failed => setError(wordsFor(refusalOf(failed))));
  }, [model]);
  return (
    <Dialog title="Who did what" closeName="Close" onClose={close}>
      {error && (
        <p role="alert" className={styles.error}>
          {error}
        </p>
      )}
      {next !== undefined && view.log.length === 0 && <p className={styles.muted}>Nothing was done here yet.</p>}
      {view.log.length > 0 && (
        // biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so
        <ul role="list" className={styles.log}>
          {view.log.map(entry => (
            <li key={entry.id} className={styles.entry}>
              <time dateTime={entry.at} title={clock(entry.at)}>
                {ago(entry.at, now)}
              </time>
              <span className={styles.what}>
                <span className={entry.undone ? styles.undone : undefined}>
                  {entry.by && (
                    <strong>
                      <bdi>{entry.by}</bdi>{' '}
                    </strong>
                  )}
                  {actWords(entry)}
                  {entry.until && `, until ${clock(entry.until)}`}
                </span>
                {entry.undone && ' taken back'}
                {entry.reason && <bdi className={styles.reason}>{entry.reason}</bdi>}
              </span>
              {entry.undoable && !entry.undone && (entry.undoUntil === null || Date.parse(entry.undoUntil) > now) && (
                <Button
                  size="small"
                  aria-label={`Undo: ${entry.by} ${actWords(entry)}`}
                  onClick={() => void undo(entry.id)}
                >
                  Undo
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {next && (
        <div>
          <Button
            size="small"
            onClick={() => void model.loadLog(next).then(setNext, failed => setError(wordsFor(refusalOf(failed))))}
          >
            Earlier
          </Button>
        </div>
      )}
    </Dialog>
  );
}
