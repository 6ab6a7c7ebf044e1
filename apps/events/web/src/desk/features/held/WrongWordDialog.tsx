import { Button, Dialog } from '@carillon/web-kit';
import { useCallback, useState } from 'react';
import { refusalOf } from '../../../shared/http.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { Check } from '../../../staff/ui/Form.tsx';
import { Failed, Loading } from '../../../staff/ui/State.tsx';
import { useLoad } from '../../../staff/useLoad.ts';
import type { DeskModel } from '../../session/desk.ts';
import type { HeldItem, WordRule } from '../../session/types.ts';
import styles from '../Dialogs.module.css';

/** A message that a word of the list held, and should not have: it passes, and the word is taken off the list. */
export function WrongWordDialog({
  model,
  item,
  close,
}: {
  model: DeskModel;
  item: HeldItem;
  /** @param passed whether the message goes from the queue. */
  close: (passed: boolean) => void;
}) {
  const load = useCallback(() => model.whatHolds(item.text), [model, item.text]);
  const [found, again] = useLoad(load);
  const [kept, setKept] = useState<readonly WordRule[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const words = found.value?.words ?? [];
  const dropped = words.filter(w => !kept.includes(w));

  async function pass() {
    if (busy) return;
    setBusy(true);
    try {
      if (dropped.length > 0) await model.dropWords(dropped);
    } catch (failed) {
      setError(wordsFor(refusalOf(failed)));
      setBusy(false);
      return;
    }
    close(true);
    await model.decide(item, 'approve');
  }

  return (
    <Dialog title="Held by a wrong word?" closeName="Close" onClose={() => close(false)}>
      <div className={styles.form}>
        <p dir="auto" className={styles.seen}>
          {item.text}
        </p>
        {found.is === 'loading' && !found.value && <Loading what="the words" />}
        {found.is === 'failed' && <Failed words={wordsFor(found.refusal)} retry={() => void again()} />}
        {found.value && words.length === 0 && (
          <p className={styles.muted}>
            {found.value.common
              ? 'A word for all shows held it. Organisers change those.'
              : 'No word of the list would hold it now.'}
          </p>
        )}
        {words.map(word => (
          <Check
            key={`${word.match} ${word.text}`}
            label={`Take “${word.text}” off the list`}
            hint="It holds nobody’s message any more."
            checked={!kept.includes(word)}
            change={off => setKept(off ? kept.filter(w => w !== word) : [...kept, word])}
          />
        ))}
        {error && (
          <p role="alert" className={styles.error}>
            {error}
          </p>
        )}
        {found.value && (
          <div className={styles.acts}>
            <Button look="primary" aria-disabled={busy} onClick={() => void pass()}>
              {dropped.length > 0 ? 'Take it off and let it pass' : 'Let it pass'}
            </Button>
            <Button onClick={() => close(false)}>Leave it held</Button>
          </div>
        )}
      </div>
    </Dialog>
  );
}
