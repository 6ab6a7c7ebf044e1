import { LinkButton, Notice } from '@carillon/web-kit';
import { useEffect, useState } from 'react';
import { signInOnce } from '../features/operator/signIn.ts';
import { wordsFor } from '../session/errors.ts';
import { Frame } from './Frame.tsx';

/** Redeems the link printed at start. */
export function SignInPage() {
  const [code, setCode] = useState<string>();
  const [done, setDone] = useState(false);

  useEffect(() => {
    document.title = 'Sign in · Carillon';
    void signInOnce().then(result => {
      if (result === 'signed-in') {
        setDone(true);
        location.replace('/');
      } else setCode(result);
    });
  }, []);

  return (
    <Frame narrow>
      <h1>Sign in</h1>
      <div role="status">
        {code ? (
          <Notice
            tone="warn"
            title="You are not signed in"
            actions={
              <LinkButton href="/" look="primary">
                To the start page
              </LinkButton>
            }
          >
            <p>{wordsFor(code)}</p>
          </Notice>
        ) : (
          <p>{done ? 'You are signed in. One moment.' : 'Checking the link.'}</p>
        )}
      </div>
    </Frame>
  );
}
