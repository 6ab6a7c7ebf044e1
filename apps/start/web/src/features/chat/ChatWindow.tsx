import { Button, Icon, StatusDot, type Tone } from '@carillon/web-kit';
import { type ConnectionState, codeOf } from '@carillon/web-kit/session';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { wordsFor } from '../../session/errors.ts';
import styles from './ChatWindow.module.css';
import { Composer } from './Composer.tsx';
import { MessageList, type MessageListHandle } from './MessageList.tsx';
import type { Room } from './room.ts';

const drawn: Record<ConnectionState['is'], [Tone, string]> = {
  idle: ['busy', 'Connecting'],
  connecting: ['busy', 'Connecting'],
  live: ['good', 'Live'],
  reconnecting: ['busy', 'Reconnecting'],
  offline: ['bad', 'Offline'],
  untrusted: ['warn', 'Not live yet'],
  refused: ['bad', 'Refused'],
  ended: ['off', 'Ended'],
};

/** One person's window: who it is, what was said, where to write. */
export function ChatWindow({
  room,
  name,
  tone,
  link,
}: {
  room: Room;
  name: string;
  tone: 'accent' | 'bronze';
  /** `of` completes the text for those who hear it alone. */
  link: { href: string; text: string; of?: string };
}) {
  const view = useSyncExternalStore(room.subscribe, room.snapshot);
  const [error, setError] = useState<string>();
  const list = useRef<MessageListHandle>(null);
  const [dot, word] = drawn[view.connection.is];

  function send(text: string): boolean {
    try {
      room.write(text);
      setError(undefined);
      list.current?.toEnd();
      return true;
    } catch (refused) {
      setError(codeOf(refused));
      return false;
    }
  }

  const shownError = error ?? view.refusal;
  return (
    <article className={styles.window} aria-label={`${name}’s window`} data-tone={tone} data-state={view.connection.is}>
      <header className={styles.head}>
        <span className={styles.face} aria-hidden="true">
          {name[0]}
        </span>
        <h2 className={styles.name}>
          <bdi>{name}</bdi>
        </h2>
        <span role="status">
          <StatusDot tone={dot}>{word}</StatusDot>
        </span>
        <a className={styles.own} href={link.href} target="_blank" rel="noopener">
          {link.text}
          {link.of && <span className="visually-hidden"> of {link.of}</span>} <Icon.External />
        </a>
      </header>
      <Banner view={view.connection} room={room} />
      <MessageList ref={list} room={room} view={view} name={name} />
      <div className={styles.foot}>
        {shownError && (
          <p className={styles.error} role="alert">
            {wordsFor(shownError)}
          </p>
        )}
        <Composer
          name={name}
          disabled={view.connection.is === 'refused'}
          send={send}
          editLast={() => list.current?.editLast() ?? false}
        />
      </div>
    </article>
  );
}

function Banner({ view, room }: { view: ConnectionState; room: Room }) {
  if (view.is === 'offline')
    return (
      <div className={styles.banner}>
        <span>
          <Countdown to={view.retryAt} /> What you write waits here.
        </span>
        <Button size="small" onClick={() => room.retryNow()}>
          Now
        </Button>
      </div>
    );
  if (view.is === 'ended' && view.code !== 'Left')
    return (
      <div className={styles.banner}>
        <span>{wordsFor(view.code)}</span>
        <Button size="small" onClick={() => room.start()}>
          Start again
        </Button>
      </div>
    );
  return null;
}

function Countdown({ to }: { to: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((to - now) / 1000));
  return <>{seconds > 1 ? `No connection. Trying again in ${seconds} seconds.` : 'No connection. Trying again.'}</>;
}
