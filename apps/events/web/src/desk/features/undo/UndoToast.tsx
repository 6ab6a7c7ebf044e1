import { Button, useAnnounce } from '@carillon/web-kit';
import { useEffect } from 'react';
import type { Done } from '../../session/acts.ts';
import type { DeskModel } from '../../session/desk.ts';
import { Key } from '../Key.tsx';
import styles from './UndoToast.module.css';

/** What was just done, and five seconds to take it back. */
export function UndoToast({ model, done, keys }: { model: DeskModel; done: Done | undefined; keys: boolean }) {
  const announce = useAnnounce();
  const text = done?.text;
  const key = done?.key;
  const can = done !== undefined && done.logIds.length > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once for each act
  useEffect(() => {
    if (text) announce(can && keys ? `${text}. Press Z to undo.` : text, true);
  }, [key]);
  if (!done) return null;
  return (
    <div className={styles.toast} data-toast="">
      <span className={styles.text}>
        <bdi>{done.text}</bdi>
      </span>
      {can && (
        <Button size="small" onClick={() => void model.undoLast()}>
          Undo <Key letter="Z" on={keys} />
        </Button>
      )}
    </div>
  );
}
