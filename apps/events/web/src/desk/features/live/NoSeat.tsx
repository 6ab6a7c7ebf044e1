import { Button } from '@carillon/web-kit';
import { type FormEvent, useState } from 'react';
import { refusalOf } from '../../../shared/http.ts';
import { Organiser } from '../../../staff/session/api.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { TextField } from '../../../staff/ui/Form.tsx';
import type { DeskPage } from '../../session/types.ts';
import styles from './Live.module.css';

/** An organiser decides without being in the room; to read and write there, they become a moderator of it. */
export function NoSeat({ page }: { page: DeskPage }) {
  const [name, setName] = useState(page.name);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const open = page.show.phase !== 'ended';

  async function sit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (!name.trim()) {
      setError('Say what fans shall call you.');
      return;
    }
    setBusy(true);
    try {
      // The invitation is opened in this very browser; the own sign-in stays beside it.
      location.assign((await new Organiser(page.show.id).invite(name.trim(), 'moderator')).link);
    } catch (failed) {
      const refusal = refusalOf(failed);
      setError(
        refusal.body.member === 'name' ? 'This name cannot be used. Try letters, and fewer.' : wordsFor(refusal),
      );
      setBusy(false);
    }
  }

  return (
    <div className={styles.quiet}>
      <p className={styles.quietTitle}>You have no seat in this chat</p>
      <p>You can decide on what is held, and see who is here. To read and write live, take a seat as a moderator.</p>
      {open && (
        <form className={styles.seat} onSubmit={event => void sit(event)} noValidate>
          <TextField
            label="Your name in the chat"
            value={name}
            error={error}
            change={text => {
              setName(text);
              setError(undefined);
            }}
          />
          <div>
            <Button type="submit" look="primary" aria-disabled={busy}>
              {busy ? 'Taking a seat' : 'Take a seat'}
            </Button>
          </div>
        </form>
      )}
    </div>
  );
}
