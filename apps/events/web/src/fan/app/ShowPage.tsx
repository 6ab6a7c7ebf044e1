import { Button, LinkButton } from '@carillon/web-kit';
import { lazy, type ReactNode, Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { ErrorBoundary } from '../../shared/ErrorBoundary.tsx';
import { useText } from '../../shared/i18n/useText.ts';
import { Again } from '../../shared/ui/Again.tsx';
import { Frame } from '../../shared/ui/Frame.tsx';
import { Landing } from '../features/landing/Landing.tsx';
import { LostCode } from '../features/lost/LostCode.tsx';
import { useLetterLink } from '../features/lost/link.ts';
import { browserSocket } from '../session/device.ts';
import { Door } from '../session/door.ts';
import { ShowModel } from '../session/show.ts';
import { Broken } from './Broken.tsx';
import { Moved, Out } from './Out.tsx';
import { fetchAhead, loadEnded, loadWaiting, loadWatch } from './parts.ts';
import styles from './ShowPage.module.css';

const WatchPage = lazy(loadWatch);
const WaitingRoom = lazy(loadWaiting);
const Ended = lazy(loadEnded);
const LostLink = lazy(() => import('../features/lost/LostLink.tsx'));

/** Who waits at the door gets what lies behind it within this time, each page at another moment of it. */
const aheadWithinMs = 30_000;

/** One show, in whatever state the fan and the show are. */
export function ShowPage({ slug }: { slug: string }) {
  const t = useText();
  const { model, door } = useShow(slug);
  const view = useSyncExternalStore(model.subscribe, model.snapshot);
  const { stage, show, entry, phase } = view;
  const { token, asks, forget } = useLetterLink();

  useEffect(() => {
    document.title = show ? show.title : t('listTitle');
  }, [show, t]);

  const waits = stage.is === 'inside' && phase === 'announced';
  const [chat, stream] = [show?.chat ?? false, entry?.player.kind === 'hls'];
  useEffect(() => {
    // Who pays by the megabyte may never come.
    const saving = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData;
    if (!waits || saving) return;
    const timer = setTimeout(() => fetchAhead(chat, stream), 1000 + Math.random() * aheadWithinMs);
    return () => clearTimeout(timer);
  }, [waits, chat, stream]);

  if (stage.is === 'loading')
    return (
      <Frame>
        <h1 className="visually-hidden">{t('loading')}</h1>
        <p className={styles.loading}>{t('loading')}</p>
      </Frame>
    );
  if (stage.is === 'missing')
    return (
      <Frame>
        <h1 className={styles.title}>{t('missingTitle')}</h1>
        <p className={styles.quiet}>{t('missingNote')}</p>
        <p>
          <LinkButton href="/events/" look="primary">
            {t('whatElse')}
          </LinkButton>
        </p>
      </Frame>
    );
  if (stage.is === 'unreachable' || !show)
    return (
      <Frame>
        <h1 className={styles.title}>{t('unreachableTitle')}</h1>
        <p className={styles.quiet}>
          {t('unreachable')} {t('triesItself')}
        </p>
        <p>
          <Again look={() => model.lookAgain()} />
        </p>
      </Frame>
    );
  if (stage.is === 'out')
    return (
      <Frame>
        <Out stage={stage} again={() => model.lookAgain()} another={() => model.toDoor()} />
      </Frame>
    );
  if (token)
    return (
      <Late title={show.title}>
        <Frame>
          <LostLink
            key={token}
            show={show}
            token={token}
            door={door}
            enter={code => model.enter(code, true).then(() => forget(false))}
            leave={forget}
          />
        </Frame>
      </Late>
    );
  if (stage.is === 'outside' || !entry)
    return (
      <Frame>
        <Landing
          show={show}
          phase={phase}
          ahead={view.clockAhead}
          elsewhere={stage.is === 'outside' && stage.elsewhere}
          enter={(code, move) => model.enter(code, move)}
          lost={show.lostCodes && <LostCode open={asks} ask={door.askLetter} />}
        />
      </Frame>
    );
  if (stage.is === 'moved')
    return (
      <Frame>
        <Moved back={() => model.moveBack()} another={() => model.toDoor()} />
      </Frame>
    );
  return (
    <Late title={show.title}>
      {phase === 'ended' ? (
        <Frame>
          <Ended show={show} again={() => model.lookAgain()} />
        </Frame>
      ) : phase === 'announced' ? (
        <Frame
          beside={
            <Button size="small" look="plain" onClick={() => void model.leave()}>
              {t('leave')}
            </Button>
          }
        >
          <WaitingRoom
            show={show}
            ahead={view.clockAhead}
            nickname={entry.nickname}
            rename={nickname => model.rename(nickname)}
          />
        </Frame>
      ) : (
        <WatchPage model={model} door={door} view={view} show={show} entry={entry} />
      )}
    </Late>
  );
}

/** What comes after the entry, with words for while it comes and for when it breaks. */
function Late({ title, children }: { title: string; children: ReactNode }) {
  const t = useText();
  return (
    <ErrorBoundary fallback={() => <Broken />}>
      <Suspense
        fallback={
          <Frame>
            <h1 className="visually-hidden">{title}</h1>
            <p className={styles.loading}>{t('loading')}</p>
          </Frame>
        }
      >
        {children}
      </Suspense>
    </ErrorBoundary>
  );
}

/** The model lives as long as the page, and sees the network and the clock. */
function useShow(slug: string): { model: ShowModel; door: Door } {
  const [made] = useState(() => {
    const door = new Door(slug);
    const model = new ShowModel(door, {
      open: browserSocket(door.socketUrl),
      now: () => Date.now(),
      random: () => Math.random(),
      after: (ms, act) => {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
    });
    return { door, model };
  });
  useEffect(() => {
    const { model } = made;
    void model.load();
    const clock = setInterval(() => model.tick(), 1000);
    const online = () => model.retryNow();
    // A phone that comes back from another app has slept through every pause.
    const seen = () => {
      if (document.visibilityState === 'visible') model.retryNow();
    };
    addEventListener('online', online);
    document.addEventListener('visibilitychange', seen);
    return () => {
      clearInterval(clock);
      removeEventListener('online', online);
      document.removeEventListener('visibilitychange', seen);
      model.stop();
    };
  }, [made]);
  return made;
}
