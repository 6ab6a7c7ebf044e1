import { LinkButton, Notice, useAnnounce } from '@carillon/web-kit';
import { Passes } from '@carillon/web-kit/session';
import { Chime, reach } from '@carillon/web-kit/session/chime';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { demoPass, type Person } from '../../session/demo.ts';
import { wordsFor } from '../../session/errors.ts';
import styles from './Chat.module.css';
import { ChatWindow } from './ChatWindow.tsx';
import { Room } from './room.ts';

const people: readonly { person: Person; name: string }[] = [
  { person: 'ada', name: 'Ada' },
  { person: 'ben', name: 'Ben' },
];

function roomFor(person: Person): Room {
  const passes = new Passes(() => demoPass(person));
  const chime = new Chime(passes);
  return new Room({
    me: async () => (await passes.current()).userArn,
    list: (limit, token) => chime.list(limit, token),
    send: async (text, token) => (await chime.send(text, token)).id,
    edit: (id, text) => chime.edit(id, text),
    redact: id => chime.redact(id),
    sessionHost: () => chime.sessionHost(),
    open: (host, events) => chime.open(host, events),
    reach,
  });
}

/** Two people, each with a window and a key of their own, on one channel. */
export default function Chat({ only }: { only?: Person }) {
  const shown = people.filter(p => !only || p.person === only);
  const rooms = useRooms(shown.map(p => p.person));
  const announce = useAnnounce();

  useEffect(() => {
    const offs = rooms.map(room =>
      room.onArrival(message => announce(`${message.sender.name || 'Someone'}: ${message.text}`)),
    );
    return () => {
      for (const off of offs) off();
    };
  }, [rooms, announce]);

  const first = rooms[0];
  if (!first) return null;
  return (
    <section aria-label="Sample chat" className={only ? styles.solo : styles.chat}>
      <Step room={first} />
      <div className={styles.windows}>
        {shown.map((p, at) => {
          const room = rooms[at];
          const other = people.find(o => o.person !== p.person);
          return (
            room &&
            other && (
              <ChatWindow
                key={p.person}
                room={room}
                name={p.name}
                tone={p.person === 'ada' ? 'accent' : 'bronze'}
                link={
                  only
                    ? { href: `/?as=${other.person}`, text: `Open ${other.name}’s window` }
                    : { href: `/?as=${p.person}`, text: 'Own window', of: p.name }
                }
              />
            )
          );
        })}
      </div>
    </section>
  );
}

/** What has to be done before the windows can hear each other: drawn once, for both. */
function Step({ room }: { room: Room }) {
  const view = useSyncExternalStore(room.subscribe, room.snapshot);
  if (view.connection.is === 'untrusted' && view.sessionHost) {
    const href = `https://${view.sessionHost}/${location.search}`;
    return (
      <Notice
        tone="warn"
        title="One step: trust the local certificate"
        actions={
          <>
            <LinkButton href={href} look="primary">
              Open this page with TLS
            </LinkButton>
            <LinkButton href="/start/ca.pem" download="carillon-ca.pem">
              Download ca.pem
            </LinkButton>
          </>
        }
      >
        <p>
          Live sessions travel by TLS, and your browser does not know this server’s certificate yet. Open the page at{' '}
          <bdi>{`https://${view.sessionHost}`}</bdi> and accept it there, or add ca.pem to the certificates you trust.
          History and sending work already; messages arrive live once it is trusted.
        </p>
      </Notice>
    );
  }
  if (view.connection.is === 'refused')
    return (
      <Notice tone="warn" title="The sample chat is not available">
        <p>{wordsFor(view.connection.code)}</p>
      </Notice>
    );
  return null;
}

/** Rooms live as long as the component is mounted, and see the network come back before their pause ends. */
function useRooms(persons: Person[]): Room[] {
  const [rooms, setRooms] = useState<Room[]>([]);
  const key = persons.join();
  useEffect(() => {
    const made = key.split(',').map(person => roomFor(person as Person));
    setRooms(made);
    for (const room of made) room.start();
    const online = () => {
      for (const room of made) room.retryNow();
    };
    addEventListener('online', online);
    return () => {
      removeEventListener('online', online);
      for (const room of made) room.stop();
    };
  }, [key]);
  return rooms;
}
