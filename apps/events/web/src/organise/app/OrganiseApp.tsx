import { Notice } from '@carillon/web-kit';
import { lazy, Suspense, useCallback, useState } from 'react';
import { ErrorBoundary } from '../../shared/ErrorBoundary.tsx';
import { usePath } from '../../staff/route.tsx';
import { signOut, whoAmI } from '../../staff/session/api.ts';
import type { WhoAmI } from '../../staff/session/types.ts';
import { wordsFor } from '../../staff/session/words.ts';
import { Frame } from '../../staff/ui/Frame.tsx';
import { Failed, Loading } from '../../staff/ui/State.tsx';
import { useLoad } from '../../staff/useLoad.ts';
import { ShowsPage } from '../features/shows/ShowsPage.tsx';
import { YourShows } from '../features/shows/YourShows.tsx';
import { SignedOut } from '../features/signin/SignedOut.tsx';
import { SignInPage } from '../features/signin/SignInPage.tsx';
import { atRisk, forgetKept } from '../session/keptCodes.ts';
import { CodesAtRisk, SignOutAnyway } from './CodesAtRisk.tsx';

const ShowPage = lazy(() => import('./ShowPage.tsx'));
const WordsPage = lazy(() => import('../features/words/WordsPage.tsx'));

/** `/events/sign-in#token`, `/events/organise`, `/events/organise/words`, `/events/organise/{id}` and what lies below it. */
export function OrganiseApp() {
  const path = usePath();
  return /^\/events\/sign-in\/?$/.test(path) ? <SignInPage /> : <Inside path={path} />;
}

function Inside({ path }: { path: string }) {
  const [who, again] = useLoad(whoAmI);
  const [leaving, setLeaving] = useState(false);
  const leave = useCallback(async () => {
    setLeaving(false);
    forgetKept();
    await signOut().catch(() => {});
    await again();
  }, [again]);

  if (who.is === 'failed')
    return who.refusal.code === 'SignInNeeded' ? (
      <SignedOut />
    ) : (
      <Frame>
        <h1 className="visually-hidden">Shows</h1>
        <Failed words={wordsFor(who.refusal)} retry={() => void again()} />
      </Frame>
    );
  const me = who.value;
  const [, , , id, section] = path.split('/');
  return (
    <Frame
      name={me?.name}
      signOut={me && (() => (atRisk().length > 0 ? setLeaving(true) : void leave()))}
      wide={Boolean(id) && id !== 'words'}
    >
      {leaving && <SignOutAnyway yes={() => void leave()} close={() => setLeaving(false)} />}
      <CodesAtRisk path={path} />
      {me === undefined ? (
        <Loading what="your shows" />
      ) : !me.organiser ? (
        <Guest me={me} />
      ) : id === 'words' ? (
        <Suspense fallback={<Loading what="the words" />}>
          <WordsPage />
        </Suspense>
      ) : id ? (
        <ErrorBoundary
          key={id}
          fallback={() => (
            <Failed
              words="This part of the page could not be loaded. What was saved is saved."
              retry={() => location.reload()}
            />
          )}
        >
          <Suspense fallback={<Loading what="the show" />}>
            <ShowPage key={id} id={decodeURIComponent(id)} section={section ?? ''} />
          </Suspense>
        </ErrorBoundary>
      ) : (
        <ShowsPage invited={me.shows} />
      )}
    </Frame>
  );
}

function Guest({ me }: { me: WhoAmI }) {
  return (
    <>
      <h1>Your shows</h1>
      {me.shows.length > 0 ? (
        <YourShows shows={me.shows} />
      ) : (
        <Notice title="You are not part of a show any more">
          <p>Ask whoever organises the show for a new invitation.</p>
        </Notice>
      )}
    </>
  );
}
