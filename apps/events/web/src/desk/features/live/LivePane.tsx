import { Button, cx, Icon, StatusDot, type Tone } from '@carillon/web-kit';
import { type ConnectionState, codeOf } from '@carillon/web-kit/session';
import { useCallback, useRef, useState, useSyncExternalStore } from 'react';
import { Composer, type ComposerHandle } from '../../../fan/features/chat/Composer.tsx';
import type { ChatRoom } from '../../../fan/features/chat/room.ts';
import type { Row } from '../../../fan/features/chat/view.ts';
import { chatWords } from '../../../fan/features/chat/words.ts';
import { useText } from '../../../shared/i18n/useText.ts';
import type { PaneProps } from '../pane.ts';
import type { DeskApi } from '../../session/api.ts';
import type { DeskPage } from '../../session/types.ts';
import { staffWords } from '../../session/words.ts';
import styles from './Live.module.css';
import { LiveList } from './LiveList.tsx';
import { NoSeat } from './NoSeat.tsx';
import { maxLength, useRoom } from './useRoom.ts';

/** The chat as fans read it, every message of it, with staff's rights at hand. */
export default function LivePane({ api, page, ...props }: PaneProps & { api: DeskApi; page: DeskPage }) {
  if (page.role === 'organiser' && page.userArn === null) return <NoSeat page={page} />;
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
  const [written, setWritten] = useState(0);
  const [replying, setReplying] = useState<Row>();

  const send = useCallback(
    (text: string) => {
      try {
        room.write(text, replying?.message.id);
        setError(undefined);
        setReplying(undefined);
        setWritten(n => n + 1);
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
      {view.connection.is === 'refused' && view.history.is !== 'failed' && (
        <p className={styles.note} role="alert">
          {staffWords(view.connection.code) ?? chatWords(view.connection.code, t)}
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
        written={written}
        rewrite={text => composer.current?.put(text)}
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
