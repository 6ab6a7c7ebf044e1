import { Button, cx, Icon, LinkButton, StatusDot, type Tone, useAnnounce } from '@carillon/web-kit';
import { type ConnectionState, codeOf } from '@carillon/web-kit/session';
import {
  lazy,
  type ReactNode,
  type RefObject,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { ErrorBoundary } from '../../../shared/ErrorBoundary.tsx';
import type { Text } from '../../../shared/i18n/language.ts';
import { useLocale, useText } from '../../../shared/i18n/useText.ts';
import { timeOf } from '../../../shared/time.ts';
import { useNow } from '../../../shared/useNow.ts';
import type { Door } from '../../session/door.ts';
import type { ShowView } from '../../session/show.ts';
import type { Entry } from '../../session/types.ts';
import styles from './Chat.module.css';
import { Composer, type ComposerHandle } from './Composer.tsx';
import { MessageList, type MessageListHandle } from './MessageList.tsx';
import { Pinned } from './Pinned.tsx';
import { ReadingView } from './ReadingView.tsx';
import type { ChatRoom } from './room.ts';
import type { ChatView, Row } from './view.ts';
import { type Choice, Speaker } from './speaker.ts';
import { chatWords, whyWords } from './words.ts';

const loadDialogs = () => import('./dialogs.ts');
const ChatSettingsDialog = lazy(async () => ({ default: (await loadDialogs()).ChatSettingsDialog }));
const ReportDialog = lazy(async () => ({ default: (await loadDialogs()).ReportDialog }));

const drawn: Record<ConnectionState['is'], [Tone, 'stateConnecting' | 'stateLive' | 'stateBack' | 'stateOff']> = {
  idle: ['busy', 'stateConnecting'],
  connecting: ['busy', 'stateConnecting'],
  live: ['good', 'stateLive'],
  reconnecting: ['busy', 'stateBack'],
  offline: ['bad', 'stateOff'],
  untrusted: ['warn', 'stateOff'],
  refused: ['bad', 'stateOff'],
  ended: ['off', 'stateOff'],
};

/** The chat as one reads and writes it. */
export function ChatPanel({
  room,
  door,
  view: show,
  entry,
  seen,
  front,
  formed,
  rename,
}: {
  room: ChatRoom;
  door: Door;
  view: ShowView;
  entry: Entry;
  /** False while it stands behind something else, or was sent away. */
  seen: boolean;
  front: boolean;
  /** A form stood here before, and went with the focus in it. */
  formed: RefObject<boolean>;
  rename: () => void;
}) {
  // Here before anybody asks, and after all that is read at once.
  useEffect(() => {
    const timer = setTimeout(() => void loadDialogs().catch(() => {}), 3000);
    return () => clearTimeout(timer);
  }, []);
  const t = useText();
  const announce = useAnnounce();
  const view = useSyncExternalStore(room.subscribe, room.snapshot);
  const list = useRef<MessageListHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const [reading, setReading] = useState(false);
  const [settings, setSettings] = useState(false);
  const [report, setReport] = useState<Row>();
  const [replying, setReplying] = useState<Row>();
  const [error, setError] = useState<string>();
  const [voice, setVoice] = useVoice(room, t, seen);

  useEffect(() => {
    if (!front || !formed.current) return;
    formed.current = false;
    if (document.activeElement === document.body) composer.current?.focus();
  }, [front, formed]);

  useEffect(
    () =>
      room.onVerdict(({ kind, reason }) =>
        announce(
          kind === 'held'
            ? t('draftHeld')
            : kind === 'sent'
              ? t('draftPassed')
              : `${t('errorDenied')} ${whyWords(reason, t)}`,
          true,
        ),
      ),
    [room, announce, t],
  );

  const send = useCallback(
    (text: string) => {
      try {
        room.write(text, replying?.message.id);
        setError(undefined);
        setReplying(undefined);
        list.current?.toEnd();
        return true;
      } catch (refused) {
        setError(codeOf(refused));
        return false;
      }
    },
    [room, replying],
  );

  const rows = {
    reply: (row: Row) => {
      setReplying(row);
      composer.current?.focus();
    },
    mention: (row: Row) => composer.current?.mention(row.name),
    report: setReport,
    hide: (row: Row) => {
      room.hide(row.message.sender.arn);
      announce(t('hiddenOne', { name: row.name }), true);
      composer.current?.focus();
    },
    writeAgain: (text: string) => composer.current?.put(text),
    toComposer: () => composer.current?.focus(),
  };

  const [dot, word] = drawn[view.connection.is];
  return (
    <div className={styles.panel} data-state={view.connection.is}>
      <header className={styles.head} data-region="">
        <h2 className={styles.title}>{t('chat')}</h2>
        <span role="status" className={styles.state}>
          <StatusDot tone={dot}>{t(word)}</StatusDot>
        </span>
        <div className={styles.acts}>
          <Button
            size="small"
            look="plain"
            className={styles.act}
            aria-pressed={view.paused}
            aria-label={t('pauseChat')}
            title={t('pauseChat')}
            onClick={() => (view.paused ? room.resume() : room.pause())}
          >
            {view.paused ? <Icon.Play /> : <Icon.Pause />}
          </Button>
          <Button
            size="small"
            look="plain"
            className={styles.act}
            aria-pressed={reading}
            aria-label={t('readingView')}
            title={t('readingView')}
            onClick={() => {
              setReading(!reading);
              if (!reading) room.pause();
              else room.resume();
            }}
          >
            <Icon.Book />
          </Button>
          <Button
            size="small"
            look="plain"
            className={styles.act}
            aria-label={t('chatSettings')}
            title={t('chatSettings')}
            onClick={() => setSettings(true)}
          >
            <Icon.Settings />
          </Button>
        </div>
      </header>
      <ConnectionBanner state={view.connection} room={room} />
      {show.live.pin && <Pinned key={show.live.pin.messageId} pin={show.live.pin} />}
      <Banners view={view} room={room} toMissed={id => list.current?.to(id)} />
      {reading ? (
        <ReadingView
          view={view}
          back={() => {
            setReading(false);
            room.resume();
          }}
        />
      ) : (
        <MessageList ref={list} room={room} view={view} acts={rows} />
      )}
      <div className={styles.foot} data-region="">
        <p className={cx(styles.error, !error && 'visually-hidden')} role="alert">
          {error && chatWords(error, t)}
        </p>
        <Composer
          ref={composer}
          view={view}
          maxLength={entry.chat.maxLength}
          refused={view.connection.is === 'refused'}
          replying={replying && (view.rows.find(r => r.message.id === replying.message.id) ?? replying)}
          noReply={() => setReplying(undefined)}
          send={send}
          changed={() => setError(undefined)}
        />
      </div>
      {settings && (
        <Asked close={() => setSettings(false)}>
          <ChatSettingsDialog
            room={room}
            view={view}
            voice={voice}
            setVoice={setVoice}
            nickname={entry.nickname ?? ''}
            rename={rename}
            close={() => setSettings(false)}
          />
        </Asked>
      )}
      {report && (
        <Asked close={() => setReport(undefined)}>
          <ReportDialog row={report} door={door} close={() => setReport(undefined)} />
        </Asked>
      )}
    </div>
  );
}

/** A dialog that comes when it is asked for. Where it cannot be loaded, the chat goes on without it. */
function Asked({ children, close }: { children: ReactNode; close: () => void }) {
  return (
    <ErrorBoundary fallback={() => <Unloaded close={close} />}>
      <Suspense fallback={null}>{children}</Suspense>
    </ErrorBoundary>
  );
}

function Unloaded({ close }: { close: () => void }) {
  const t = useText();
  return (
    <p className={styles.error} role="alert">
      {t('unreachable')}{' '}
      <Button size="small" look="plain" onClick={close}>
        {t('close')}
      </Button>
    </p>
  );
}

/** Says so when the line is down, once it has been for two seconds; the composer goes on. */
function ConnectionBanner({ state, room }: { state: ConnectionState; room: ChatRoom }) {
  const t = useText();
  const [down, setDown] = useState(false);
  const [due, setDue] = useState(false);
  // A try that is under way does not mean that the line is back.
  if ((state.is === 'offline' || state.is === 'reconnecting') && !down) setDown(true);
  else if (state.is !== 'offline' && state.is !== 'reconnecting' && state.is !== 'connecting' && down) setDown(false);
  useEffect(() => {
    if (!down) {
      setDue(false);
      return;
    }
    const timer = setTimeout(() => setDue(true), 2000);
    return () => clearTimeout(timer);
  }, [down]);

  if (state.is === 'refused' || state.is === 'untrusted')
    return (
      <div className={styles.banner} role="alert">
        <span>{state.is === 'untrusted' ? t('chatUntrusted') : t('chatRefused')}</span>
        {state.is === 'refused' && (
          <Button size="small" onClick={() => room.start()}>
            {t('tryAgain')}
          </Button>
        )}
        {state.is === 'untrusted' && room.serverPage && (
          <LinkButton size="small" href={room.serverPage} target="_blank" rel="noopener">
            {t('chatTrust')}
          </LinkButton>
        )}
      </div>
    );
  if (state.is === 'ended' && state.code !== 'Left')
    return (
      <div className={styles.banner} role="alert">
        <span>{t('chatEnded')}</span>
        <Button size="small" onClick={() => room.start()}>
          {t('tryAgain')}
        </Button>
      </div>
    );
  // Its place is there before its words, so that they are read out when they come.
  return (
    <div role="status" className={due && down ? styles.banner : undefined}>
      {due && down && (
        <>
          <span>
            {state.is === 'offline' ? <RetryIn at={state.retryAt} /> : t('reconnecting')} {t('writeOn')}
          </span>
          <Button size="small" onClick={() => room.retryNow()}>
            {t('now')}
          </Button>
        </>
      )}
    </div>
  );
}

/** Counts for the eye; for the ear it says only that it tries again. */
function RetryIn({ at }: { at: number }) {
  const t = useText();
  const left = Math.ceil((at - useNow()) / 1000);
  return (
    <>
      <span className="visually-hidden">{t('reconnecting')}</span>
      <span aria-hidden="true">{left > 1 ? t('retryIn', { n: left }) : t('reconnecting')}</span>
    </>
  );
}

/** What is honest to say about what is shown. */
function Banners({ view, room, toMissed }: { view: ChatView; room: ChatRoom; toMissed: (id: string) => void }) {
  const t = useText();
  const locale = useLocale();
  const announce = useAnnounce();
  const { missed, unread } = view;
  const missedId = missed?.id;
  const words = missed && (missed.more ? t('missedMore', { n: missed.count }) : t('missed', { n: missed.count }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once for each gap
  useEffect(() => {
    if (words) announce(words, true);
  }, [missedId]);
  return (
    <>
      {missed && (
        <div className={styles.note}>
          <span>{words}</span>
          <Button size="small" look="plain" onClick={() => toMissed(missed.id)}>
            {t('goThere')}
          </Button>
          <Button
            size="small"
            look="plain"
            aria-label={t('dismiss')}
            title={t('dismiss')}
            onClick={() => room.dismissMissed()}
          >
            <Icon.Close />
          </Button>
        </div>
      )}
      {view.crowded && (
        <div className={styles.note} data-sampling="">
          <span>{view.oneIn ? t('showingOneIn', { n: view.oneIn }) : t('showingAll')}</span>
          <Button size="small" look="plain" onClick={() => room.setShowAll(!view.showAll)}>
            {view.showAll ? t('showFewer') : t('showAll')}
          </Button>
        </div>
      )}
      {view.paused && (
        <div className={styles.note}>
          <span>
            {t('paused')} {view.unseen > 0 && t('newMessages', { n: view.unseen })}
          </span>
          <Button size="small" look="plain" onClick={() => room.resume()}>
            {t('resume')}
          </Button>
        </div>
      )}
      {unread && <span className="visually-hidden">{t('newSince', { time: timeOf(unread.since, locale) })}</span>}
    </>
  );
}

const voiceKey = 'carillon-voice';

/** What is read aloud, and how fast. */
function useVoice(room: ChatRoom, t: Text, on: boolean): [Choice, (choice: Choice) => void] {
  const announce = useAnnounce();
  const [choice, setChoice] = useState(stored);
  const speaker = useMemo(
    () =>
      new Speaker(
        text => announce(text, true),
        n => t('newMessages', { n }),
      ),
    [announce, t],
  );
  useEffect(() => {
    speaker.choice = choice;
  }, [speaker, choice]);
  useEffect(() => {
    if (!on) return;
    const off = room.onArrival(({ row, important }) => {
      const { name } = row;
      const { text } = row.message;
      speaker.say(
        row.staff
          ? t(row.staff === 'artist' ? 'saysArtist' : 'saysModerator', { name, text })
          : row.callsMe
            ? t(row.answers?.own ? 'saysReply' : 'saysMention', { name, text })
            : t('says', { name, text }),
        important,
      );
    });
    return () => {
      off();
      speaker.stop();
    };
  }, [room, speaker, t, on]);
  return [
    choice,
    next => {
      setChoice(next);
      try {
        localStorage.setItem(voiceKey, next);
      } catch {
        // Without storage the choice holds until the page is left.
      }
    },
  ];
}

function stored(): Choice {
  try {
    const found = localStorage.getItem(voiceKey);
    return found === 'mentions' || found === 'off' ? found : 'all';
  } catch {
    return 'all';
  }
}
