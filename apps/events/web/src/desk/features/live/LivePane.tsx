import { Button, cx, Icon, StatusDot, type Tone } from '@carillon/web-kit';
import { AppError, type ConnectionState, codeOf, Passes } from '@carillon/web-kit/session';
import { Chime, reach } from '@carillon/web-kit/session/chime';
import { type FormEvent, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Composer, type ComposerHandle } from '../../../fan/features/chat/Composer.tsx';
import { ChatRoom } from '../../../fan/features/chat/room.ts';
import type { Row } from '../../../fan/features/chat/view.ts';
import { chatWords } from '../../../fan/features/chat/words.ts';
import { useText } from '../../../shared/i18n/useText.ts';
import { Organiser } from '../../../staff/session/api.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { TextField } from '../../../staff/ui/Form.tsx';
import { Refusal, refusalOf } from '../../../shared/http.ts';
import type { PaneProps } from '../pane.ts';
import type { DeskApi } from '../../session/api.ts';
import type { DeskPage } from '../../session/types.ts';
import styles from './Live.module.css';
import { LiveList } from './LiveList.tsx';

/** Staff may write at any length that the platform takes comfortably. */
const maxLength = 1000;

/** The chat as fans read it, every message of it, with staff's rights at hand. */
export default function LivePane({ api, page, ...props }: PaneProps & { api: DeskApi; page: DeskPage }) {
  if (page.role === 'organiser' && page.userArn === null) return <NoSeat page={page} />;
  return <Seated api={api} page={page} {...props} />;
}

/** An organiser decides without being in the room; to read and write there, they become a moderator of it. */
function NoSeat({ page }: { page: DeskPage }) {
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
  const [replying, setReplying] = useState<Row>();

  const send = useCallback(
    (text: string) => {
      try {
        room.write(text, replying?.message.id);
        setError(undefined);
        setReplying(undefined);
        setToEnd(n => n + 1);
        return true;
      } catch (refused) {
        setError(codeOf(refused));
        return false;
      }
    },
    [room, replying],
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
        answer={row => {
          setReplying(row);
          composer.current?.focus();
        }}
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
          replying={replying && (view.rows.find(r => r.message.id === replying.message.id) ?? replying)}
          noReply={() => setReplying(undefined)}
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
    const settings = {
      nickname: name,
      maxLength,
      slowSeconds: 0,
      mode: 'open' as const,
      ahead: 0,
      staff: model.snapshot().staff,
    };
    const made = new ChatRoom(
      {
        me: async () => (await passes.current()).userArn,
        list: (limit, token, window) => chime.list(limit, token, window),
        send: (text, token, metadata) => chime.send(text, token, metadata),
        sessionHost: () => chime.sessionHost(),
        open: (host, events) => chime.open(host, events),
        reach,
      },
      settings,
    );
    // Whoever keeps order reads everything; samples are for fans.
    made.setShowAll(true);
    const off = model.onFrame(frame => {
      if (frame.t === 'staff') made.set({ ...settings, staff: model.snapshot().staff });
      else if (frame.t === 'removed') made.takeDown(frame.messageId);
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
