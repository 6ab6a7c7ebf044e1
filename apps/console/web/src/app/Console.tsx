import { Button, Notice, TopBar } from '@carillon/web-kit';
import { useEffect, useMemo, useRef, useState } from 'react';
import { ApiPage } from '../features/apis/ApiPage.tsx';
import { ApisPage } from '../features/apis/ApisPage.tsx';
import { FunctionPage } from '../features/functions/FunctionPage.tsx';
import { FunctionsPage } from '../features/functions/FunctionsPage.tsx';
import { Link, useAddress } from '../hooks/address.tsx';
import { SignedInProvider, useSession } from '../hooks/session.tsx';
import { codeOf, wordsFor } from '../session/errors.ts';
import { apisPath, type Place, placeOf } from '../session/place.ts';
import styles from './Console.module.css';
import { Rail } from './Rail.tsx';
import { SignIn } from './SignIn.tsx';

/** The page around every screen: who is signed in, the nouns, and the screen that the address names. */
export function Console() {
  const { state, refresh, signedOut, signOut } = useSession();
  const { path } = useAddress();
  const place = placeOf(path);
  const [error, setError] = useState<string>();
  const installation = state.phase === 'in' ? state.installation : undefined;
  const signedIn = useMemo(() => installation && { installation, signedOut }, [installation, signedOut]);

  useEffect(() => {
    document.title = `${state.phase === 'out' ? 'Sign in' : titleOf(placeOf(path))} · Carillon`;
  }, [state.phase, path]);

  // Another screen is read from its beginning.
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    if (before.current !== path) main.current?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);

  return (
    <div className={styles.page}>
      <a className={styles.skip} href="#main">
        To the content
      </a>
      <TopBar
        beside={
          installation && (
            <>
              <p className={styles.where}>
                {installation.region} · {installation.account}
              </p>
              <Button size="small" look="plain" onClick={() => signOut().catch((e: unknown) => setError(codeOf(e)))}>
                Sign out
              </Button>
            </>
          )
        }
      />
      {error && (
        <Notice tone="warn" title="You are still signed in">
          <p>{wordsFor(error)}</p>
        </Notice>
      )}
      {signedIn ? (
        <SignedInProvider value={signedIn}>
          <div className={styles.body}>
            <Rail place={place} where={`${signedIn.installation.region} · ${signedIn.installation.account}`} />
            <main ref={main} id="main" tabIndex={-1} className={styles.main} key={path}>
              <Screen place={place} />
            </main>
          </div>
        </SignedInProvider>
      ) : (
        <main id="main" tabIndex={-1} className={styles.narrow}>
          <SignIn state={state} refresh={refresh} />
        </main>
      )}
    </div>
  );
}

function Screen({ place }: { place: Place }) {
  switch (place.view) {
    case 'apis':
      return <ApisPage />;
    case 'api':
      return <ApiPage api={place.api} />;
    case 'functions':
      return <FunctionsPage />;
    case 'function':
      return <FunctionPage name={place.name} />;
    default:
      return (
        <>
          <h1>There is no such page</h1>
          <p>
            <Link href={apisPath}>To the WebSocket APIs</Link>
          </p>
        </>
      );
  }
}

function titleOf(place: Place): string {
  switch (place.view) {
    case 'api':
      return `${place.api} · WebSocket APIs`;
    case 'function':
      return `${place.name} · Functions`;
    case 'functions':
      return 'Functions';
    default:
      return 'WebSocket APIs';
  }
}
