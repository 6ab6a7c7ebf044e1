import { Button, cx, Empty, Notice, post, useAnnounce } from '@carillon/web-kit';
import { useState } from 'react';
import { Await } from '../../hooks/Await.tsx';
import { filter, useAddress } from '../../hooks/address.tsx';
import { usePoll } from '../../hooks/poll.ts';
import { useSignedIn } from '../../hooks/session.tsx';
import { codeOf, wordsFor } from '../../session/errors.ts';
import { counted, since } from '../../session/times.ts';
import type { Connection, Page } from '../../session/types.ts';
import { Confirm } from '../../ui/Confirm.tsx';
import rows from '../../ui/Rows.module.css';
import styles from './Connections.module.css';
import { programOf } from './client.ts';

const everyMs = 2000;

/** Who is connected to a stage, the newest first, with a way to end each. */
export function Connections({ api, stage }: { api: string; stage: string }) {
  const { query } = useAddress();
  const { signedOut } = useSignedIn();
  const announce = useAnnounce();
  const after = query.get('after') ?? '';
  const path = `/gateway/apis/${encodeURIComponent(api)}/stages/${encodeURIComponent(stage)}/connections`;
  const polled = usePoll<Page<Connection>>(
    `${path}?maxResults=50${after && `&nextToken=${encodeURIComponent(after)}`}`,
    everyMs,
  );
  const [asked, ask] = useState<Connection>();
  const [error, setError] = useState<string>();

  async function disconnect(connection: Connection) {
    ask(undefined);
    try {
      await post(`/console/api${path}/${encodeURIComponent(connection.connectionId)}/disconnect`, {});
      setError(undefined);
      announce('The connection was ended', true);
    } catch (failure) {
      const code = codeOf(failure);
      if (code === 'SignedOut') signedOut();
      else setError(code);
    }
    polled.refresh();
  }

  return (
    <>
      {error && (
        <Notice tone="warn" title="Nothing was ended">
          <p>{wordsFor(error)}</p>
        </Notice>
      )}
      <Await polled={polled}>
        {page =>
          page.items.length > 0 ? (
            <>
              <ul className={rows.rows} aria-label={counted(page.count, 'open connection')}>
                {page.items.map(connection => (
                  <Row key={connection.connectionId} connection={connection} onEnd={() => ask(connection)} />
                ))}
              </ul>
              {(after || page.nextToken) && (
                <nav aria-label="Pages" className={styles.pages}>
                  {after && <Button onClick={() => filter({ after: undefined })}>Newest</Button>}
                  {page.nextToken && <Button onClick={() => filter({ after: page.nextToken })}>Older</Button>}
                </nav>
              )}
            </>
          ) : (
            <Empty title={after ? 'No older connections' : 'Nobody is connected'}>
              {after ? (
                <div>
                  <Button onClick={() => filter({ after: undefined })}>Newest</Button>
                </div>
              ) : (
                <p>
                  Connect with the test client, or with the line on the overview. Connections appear here by themselves.
                </p>
              )}
            </Empty>
          )
        }
      </Await>
      {asked && (
        <Confirm
          title="End this connection?"
          act="End it"
          onAct={() => void disconnect(asked)}
          onKeep={() => ask(undefined)}
        >
          <p>
            {asked.principal ? <bdi>{asked.principal}</bdi> : 'The client'} at {asked.sourceIp} is closed with code
            1000, and $disconnect is told. It may connect again.
          </p>
        </Confirm>
      )}
    </>
  );
}

function Row({ connection, onEnd }: { connection: Connection; onEnd: () => void }) {
  const { connectionId: id, principal, sourceIp, userAgent } = connection;
  return (
    <li className={cx(rows.row, styles.row)}>
      <div className={rows.main}>
        <span className={cx(rows.name, rows.mono)}>{id}</span>
        <span className={rows.second}>
          {principal && (
            <>
              <bdi>{principal}</bdi>
              {' · '}
            </>
          )}
          {sourceIp}
          {userAgent && (
            <>
              {' · '}
              <bdi title={userAgent}>{programOf(userAgent)}</bdi>
            </>
          )}
        </span>
      </div>
      <span className={rows.second}>
        Connected <time dateTime={connection.connectedAt}>{since(connection.connectedAt)}</time>
      </span>
      <span className={rows.second}>
        Last active <time dateTime={connection.lastActiveAt}>{since(connection.lastActiveAt)}</time>
      </span>
      <span className={styles.acts}>
        <Button
          size="small"
          onClick={() => filter({ tab: 'events', connection: id, after: undefined })}
          aria-label={`Events of ${id}`}
        >
          Events
        </Button>
        <Button size="small" look="danger" onClick={onEnd} aria-label={`Disconnect ${id}`}>
          Disconnect
        </Button>
      </span>
    </li>
  );
}
