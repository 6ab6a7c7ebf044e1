import { Button, Notice, redeem, tokenOf } from '@carillon/web-kit';
import { type FormEvent, useState } from 'react';
import { useLater } from '../hooks/poll.ts';
import type { SessionState } from '../hooks/session.tsx';
import { wordsFor } from '../session/errors.ts';
import { ExactField } from '../ui/ExactField.tsx';
import styles from './SignIn.module.css';

/** For who is not signed in. The address stays what it was, so signing in leads there. */
export function SignIn({ state, refresh }: { state: SessionState; refresh: () => void }) {
  const late = useLater(300);
  if (state.phase !== 'out')
    return state.phase === 'checking' && state.error ? (
      <>
        <h1>The console</h1>
        <Notice
          tone="bad"
          title="The server does not answer"
          actions={
            <Button look="primary" onClick={refresh}>
              Try now
            </Button>
          }
        >
          <p>This page looks again every three seconds.</p>
        </Notice>
      </>
    ) : (
      <>
        <h1 className="visually-hidden">The console</h1>
        <p role="status">{late ? 'One moment.' : ''}</p>
      </>
    );
  return <LinkForm signedIn={refresh} />;
}

function LinkForm({ signedIn }: { signedIn: () => void }) {
  const [link, setLink] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    const result = await redeem('/console/api/sign-in', tokenOf(link));
    setBusy(false);
    if (result === 'signed-in') signedIn();
    else setError(wordsFor(result));
  }

  return (
    <>
      <div className={styles.intro}>
        <h1>Sign in to the console</h1>
        <p className={styles.lead}>
          Carillon prints a sign-in link each time it starts. Open it in this browser and this page goes on by itself,
          or paste it here.
        </p>
      </div>
      <form onSubmit={submit} className={styles.form} noValidate>
        <ExactField
          label="Sign-in link"
          hint="It looks like http://localhost:4580/sign-in#…, works once, and for an hour."
          value={link}
          onChange={event => {
            setLink(event.target.value);
            setError(undefined);
          }}
          error={error}
        />
        <div>
          <Button type="submit" look="primary" disabled={busy}>
            Sign in
          </Button>
        </div>
      </form>
      <p className={styles.lead}>
        <a href="/">To the start page</a>
      </p>
    </>
  );
}
