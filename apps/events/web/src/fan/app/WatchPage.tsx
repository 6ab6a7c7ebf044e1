import '../../shared/i18n/late.ts';
import { Button, Icon, StatusDot, Wordmark } from '@carillon/web-kit';
import { Suspense, useEffect, useState } from 'react';
import { ErrorBoundary } from '../../shared/ErrorBoundary.tsx';
import { useText } from '../../shared/i18n/useText.ts';
import { Choices } from '../../shared/ui/Frame.tsx';
import { useArrival } from '../../shared/useArrival.ts';
import { useLate } from '../../shared/useLate.ts';
import { useNow } from '../../shared/useNow.ts';
import { PhasePill } from '../features/landing/PhasePill.tsx';
import { Player } from '../features/player/Player.tsx';
import { ReactionBar, RisingReactions } from '../features/reactions/ReactionBar.tsx';
import { useReactions } from '../features/reactions/useReactions.ts';
import type { Door } from '../session/door.ts';
import type { ShowModel, ShowView } from '../session/show.ts';
import type { Entry, Show } from '../session/types.ts';
import { loadChat, loadStream } from './parts.ts';
import { useAppHeight } from './useAppHeight.ts';
import { useRegionKeys } from './useRegionKeys.ts';
import styles from './WatchPage.module.css';

/** The room: the picture, the chat beside it, and neither waits for the other. */
export default function WatchPage({
  model,
  door,
  view,
  show,
  entry,
}: {
  model: ShowModel;
  door: Door;
  view: ShowView;
  show: Show;
  entry: Entry;
}) {
  const t = useText();
  const heading = useArrival<HTMLHeadingElement>();
  const [chatShown, setChatShown] = useState(true);
  const reactions = useReactions(model, show.reactions.length);
  const [Chat, chatAnew] = useLate(loadChat);
  const [Stream, streamAnew] = useLate(loadStream);
  useAppHeight();
  useRegionKeys();

  const { link, present } = view.live;
  return (
    <div className={chatShown && show.chat ? styles.page : styles.pageAlone}>
      <header className={styles.top} data-region="">
        <a href="/events/" className={styles.home}>
          <Wordmark />
        </a>
        <div className={styles.names}>
          <h1 ref={heading} tabIndex={-1} className={styles.title}>
            <bdi>{show.title}</bdi>
          </h1>
          <p className={styles.artist}>
            <bdi>{show.artist}</bdi>
          </p>
        </div>
        <div className={styles.choices}>
          <Choices />
          <Button size="small" look="plain" onClick={() => void model.leave()}>
            <Icon.Leave /> {t('leave')}
          </Button>
        </div>
      </header>
      <main className={styles.main}>
        <div className={styles.stage}>
          <div className={styles.screen} data-region="">
            <ErrorBoundary
              fallback={retry => (
                <PlayerFault
                  retry={() => {
                    streamAnew();
                    retry();
                  }}
                />
              )}
            >
              <Player Stream={Stream} player={entry.player} show={show} phase={view.phase} ahead={view.clockAhead} />
            </ErrorBoundary>
            <RisingReactions reactions={reactions} emoji={show.reactions} />
          </div>
          <div className={styles.under} data-region="">
            <div className={styles.facts}>
              <PhasePill phase={view.phase} />
              {present !== undefined && <span className={styles.present}>{t('present', { n: present })}</span>}
              {link.is === 'waiting' && <LinkState since={link.since} at={link.retryAt} now={() => model.retryNow()} />}
            </div>
            <ReactionBar reactions={reactions} emoji={show.reactions} off={link.is !== 'live'} />
            {show.chat && (
              <Button size="small" className={styles.toggle} onClick={() => setChatShown(!chatShown)}>
                <Icon.Chat /> {chatShown ? t('hideChat') : t('showChat')}
              </Button>
            )}
          </div>
          {show.about && (
            <p dir="auto" className={styles.about}>
              {show.about}
            </p>
          )}
        </div>
        {show.chat && (
          <section className={chatShown ? styles.chat : styles.chatAway} aria-label={t('chat')}>
            <ErrorBoundary
              fallback={retry => (
                <ChatFault
                  retry={() => {
                    chatAnew();
                    retry();
                  }}
                />
              )}
            >
              <Suspense fallback={<p className={styles.coming}>{t('chatComing')}</p>}>
                <Chat model={model} door={door} view={view} entry={entry} shown={chatShown} />
              </Suspense>
            </ErrorBoundary>
          </section>
        )}
      </main>
    </div>
  );
}

/** Nothing for two seconds: most lines are back by then. */
function LinkState({ since, at, now }: { since: number; at: number; now: () => void }) {
  const t = useText();
  const left = Math.ceil((at - useNow()) / 1000);
  const [due, setDue] = useState(() => Date.now() - since > 2000);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), Math.max(0, since + 2000 - Date.now()));
    return () => clearTimeout(timer);
  }, [since]);
  return due ? (
    <span className={styles.link}>
      <span role="status">
        <StatusDot tone="busy">{t('linkDown')}</StatusDot>
      </span>
      {/* Counts for the eye; for the ear it says only that it tries again. */}
      {left > 1 && <span aria-hidden="true">{t('seconds', { n: left })}</span>}
      <Button size="small" onClick={now}>
        {t('now')}
      </Button>
    </span>
  ) : null;
}

function PlayerFault({ retry }: { retry: () => void }) {
  const t = useText();
  return (
    <div className={styles.fault} role="alert">
      <p>{t('playerBroken')}</p>
      <Button onClick={retry}>{t('tryAgain')}</Button>
    </div>
  );
}

function ChatFault({ retry }: { retry: () => void }) {
  const t = useText();
  return (
    <div className={styles.chatFault} role="alert">
      <p className={styles.chatFaultTitle}>{t('chatBroken')}</p>
      <p>{t('chatBrokenNote')}</p>
      <Button onClick={retry}>{t('tryAgain')}</Button>
    </div>
  );
}
