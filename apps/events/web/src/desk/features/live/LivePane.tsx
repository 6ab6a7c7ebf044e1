import { Button, cx, Icon, StatusDot, type Tone } from '@carillon/web-kit';
import { AppError, type ConnectionState, codeOf, Passes } from '@carillon/web-kit/session';
import { Chime, reach } from '@carillon/web-kit/session/chime';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Composer, type ComposerHandle } from '../../../fan/features/chat/Composer.tsx';
import { ChatRoom } from '../../../fan/features/chat/room.ts';
import { chatWords } from '../../../fan/features/chat/words.ts';
import { useText } from '../../../shared/i18n/useText.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { Refusal } from '../../../shared/http.ts';
import type { PaneProps } from '../pane.ts';
import type { DeskApi } from '../../session/api.ts';
import type { DeskPage } from '../../session/types.ts';
import styles from './Live.module.css';
import { LiveList } from './LiveList.tsx';
import { staffOf } from './staff.ts';

/** Staff may write at any length that the platform takes comfortably. */
const maxLength = 1000;

/** The chat as fans read it, every message of it, with staff's rights at hand. */
export default function LivePane({ api, page, ...props }: PaneProps & { api: DeskApi; page: DeskPage }) {
  if (page.role === 'organiser' && page.userArn === null)
    return (
      <div className={styles.quiet}>
        <p className={styles.quietTitle}>You have no seat in this chat</p>
        <p>
          Organisers decide and see who is here. To read and write live, invite yourself as a moderator on the show’s
          page “Team”, and open that link.
        </p>
        <p>
          <a href={`/events/organise/${page.show.id}/team`}>To the team</a>
        </p>
      </div>
    );
  return <Seated api={api} page={page} {...props} />;
}

function Seated({ api, page, ...props }: PaneProps & { api: DeskApi; page: DeskPage }) {
  const room = useRoom(api, page, props.model);
  return room ? <Room room={room} {...props} /> : null;
}

const drawn: Record<ConnectionState['is'], [Tone, string]> = {
  idle: ['busy', 'Connecting'],
  connecting: ['busy', 'Connecting'],
  live: ['good', 'Live'],
  reconnecting: ['busy', 'Reconnecting'],
  offline: ['bad', 'Off line'],
  untrusted: ['warn', 'Off line'],
  refused: ['bad', 'Off line'],
  ended: ['off', 'Off line'],
};

function Room({ room, model, ...props }: PaneProps & { room: ChatRoom }) {
  const t = useText();
  const view = useSyncExternalStore(room.subscribe, room.snapshot);
  const { pin } = useSyncExternalStore(model.subscribe, model.snapshot);
  const composer = useRef<ComposerHandle>(null);
  const [error, setError] = useState<string>();
  const [toEnd, setToEnd] = useState(0);

  const send = useCallback(
    (text: string) => {
      try {
        room.write(text);
        setError(undefined);
        setToEnd(n => n + 1);
        return true;
      } catch (refused) {
        setError(codeOf(refused));
        return false;
      }
    },
    [room],
  );

  const [tone, word] = drawn[view.connection.is];
  const down = view.connection.is === 'offline' || view.connection.is === 'reconnecting';
  const refused = view.connection.is === 'refused' || view.connection.is === 'untrusted';
  return (
    <div className={styles.pane} data-state={view.connection.is}>
      <div className={styles.bar}>
        <span role="status">
          <StatusDot tone={tone}>{word}</StatusDot>
        </span>
        {(down || refused) && (
          <Button size="small" onClick={() => (refused ? room.start() : room.retryNow())}>
            Try now
          </Button>
        )}
        <Button
          size="small"
          look="plain"
          className={styles.pause}
          aria-pressed={view.paused}
          onClick={() => (view.paused ? room.resume() : room.pause())}
        >
          <Icon.Pause /> Pause
        </Button>
      </div>
      {view.connection.is === 'untrusted' && (
        <p className={styles.note}>
          {t('chatUntrusted')}{' '}
          <a href={room.serverPage} target="_blank" rel="noopener">
            {t('chatTrust')}
          </a>
        </p>
      )}
      {pin && (
        <div className={styles.pin}>
          <Icon.Pin />
          <p className={styles.pinText}>
            <span className={styles.pinBy}>
              Pinned · <bdi>{pin.author}</bdi>
            </span>
            <span dir="auto">{pin.text}</span>
          </p>
          <Button size="small" onClick={() => void model.unpin()}>
            Take down
          </Button>
        </div>
      )}
      <LiveList
        room={room}
        view={view}
        model={model}
        pinned={pin?.messageId}
        toEnd={toEnd}
        mention={name => composer.current?.mention(name)}
        {...props}
      />
      <div className={styles.foot}>
        <p className={cx(styles.error, !error && 'visually-hidden')} role="alert">
          {error && chatWords(error, t)}
        </p>
        <Composer
          ref={composer}
          view={{ ...view, mode: 'open', slowSeconds: 0 }}
          maxLength={maxLength}
          refused={view.connection.is === 'refused'}
          send={send}
          changed={() => setError(undefined)}
        />
      </div>
    </div>
  );
}

/** The room lives as long as the pane; what the desk hears of removals is seen here at once. */
function useRoom(api: DeskApi, page: DeskPage, model: PaneProps['model']): ChatRoom | undefined {
  const [room, setRoom] = useState<ChatRoom>();
  const { name } = page;
  useEffect(() => {
    const passes = new Passes(async () => {
      try {
        return await api.pass();
      } catch (error) {
        // What only staff are told has no words in the fan's catalogue.
        if (error instanceof Refusal) throw new AppError(wordsFor(error));
        throw error;
      }
    });
    const chime = new Chime(passes);
    const made = new ChatRoom(
      {
        me: async () => (await passes.current()).userArn,
        list: (limit, token, window) => chime.list(limit, token, window),
        send: (text, token) => chime.send(text, token),
        sessionHost: () => chime.sessionHost(),
        open: (host, events) => chime.open(host, events),
        reach,
      },
      { nickname: name, maxLength, slowSeconds: 0, mode: 'open', staff: staffOf() },
    );
    // Whoever keeps order reads everything; samples are for fans.
    made.setShowAll(true);
    const off = model.onFrame(frame => {
      if (frame.t === 'removed') made.takeDown(frame.messageId);
      else if (frame.t === 'restored') made.restore(frame.messageId);
    });
    const online = () => made.retryNow();
    addEventListener('online', online);
    setRoom(made);
    made.start();
    return () => {
      off();
      removeEventListener('online', online);
      made.stop();
    };
  }, [api, model, name]);
  return room;
}
