import { Button, Dialog } from '@carillon/web-kit';
import { useState } from 'react';
import { Check, Choice, Radios, TextField } from '../../../staff/ui/Form.tsx';
import { refusalOf } from '../../../shared/http.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import type { DeskModel } from '../../session/desk.ts';
import { span, spans } from '../../session/words.ts';
import styles from '../Dialogs.module.css';
import type { Target } from '../pane.ts';

/** Asks for how long and why; the fan reads the reason. */
export function SanctionDialog({ model, target, close }: { model: DeskModel; target: Target; close: () => void }) {
  const [what, setWhat] = useState(target.what);
  const [seconds, setSeconds] = useState('300');
  const [reason, setReason] = useState('');
  const [removing, setRemoving] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const { name } = target;

  async function act() {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      if (what === 'timeout') await model.timeOut(target.number, name, Number(seconds), reason.trim());
      else await model.ban(target.number, name, null, reason.trim(), removing);
    } catch (failed) {
      // What was typed stays, to be sent once more.
      setError(wordsFor(refusalOf(failed)));
      setBusy(false);
      return;
    }
    close();
    // After the dialog has given the focus back to where it was, which may be gone.
    setTimeout(() => target.back?.());
  }

  return (
    <Dialog title={what === 'ban' ? `Ban ${name}?` : `Time-out for ${name}`} closeName="Close" onClose={close}>
      <form
        className={styles.form}
        onSubmit={event => {
          event.preventDefault();
          void act();
        }}
      >
        <Radios
          legend="What"
          value={what}
          change={setWhat}
          options={[
            { value: 'timeout', name: 'Time-out', note: 'They may read and not write for a while.' },
            { value: 'ban', name: 'Ban', note: 'Their ticket does not open this show any more.' },
          ]}
        />
        {what === 'timeout' && (
          <Choice
            label="How long"
            value={seconds}
            change={setSeconds}
            options={spans.map(s => ({ value: String(s), name: span(s) }))}
          />
        )}
        <TextField label="Reason" hint="They read it. Optional." value={reason} change={setReason} />
        {what === 'ban' && (
          <Check
            label="Remove what they wrote"
            hint="All their messages, for everybody. The archive keeps them."
            checked={removing}
            change={setRemoving}
          />
        )}
        <p role="alert" className={styles.error} hidden={!error}>
          {error}
        </p>
        <div className={styles.acts}>
          <Button type="submit" look={what === 'ban' ? 'danger' : 'primary'} aria-disabled={busy}>
            {what === 'ban' ? 'Ban them' : `Time-out for ${span(Number(seconds))}`}
          </Button>
          <Button onClick={close}>Leave them</Button>
        </div>
      </form>
    </Dialog>
  );
}
