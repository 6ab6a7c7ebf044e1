import { Button, cx, Empty, get, Icon, Notice, Select, useAnnounce } from '@carillon/web-kit';
import { useRef, useState } from 'react';
import { Await } from '../../hooks/Await.tsx';
import { filter, useAddress } from '../../hooks/address.tsx';
import { usePolled } from '../../hooks/poll.ts';
import { counted, fineTimeOf, took } from '../../session/times.ts';
import type { EventPage } from '../../session/types.ts';
import { Pill } from '../../ui/Pill.tsx';
import styles from './Events.module.css';
import { cleared, emptyTail, matches, paused, resumed, type Tail, type TailedEvent, taken } from './tail.ts';
import { failed, trouble, typeOf, why } from './why.ts';

const everyMs = 1000;

/** What happened on a stage, as it happens: which way each event went, why, and what went wrong. */
export function Events({ api, stage, routes }: { api: string; stage: string; routes: readonly string[] }) {
  const { query } = useAddress();
  const announce = useAnnounce();
  const [tail, setTail] = useState<Tail>(emptyTail);
  const next = useRef('');
  const path = `/gateway/apis/${encodeURIComponent(api)}/stages/${encodeURIComponent(stage)}/events`;
  const polled = usePolled<EventPage>(
    path,
    async signal => {
      const after = next.current && `?after=${encodeURIComponent(next.current)}`;
      const page = (await get(`/console/api${path}${after}`, signal)) as EventPage;
      // An answer that comes after its question was given up is taken in by nobody, so nothing is there twice.
      if (!signal.aborted) {
        next.current = page.next;
        setTail(was => taken(was, page));
      }
      return page;
    },
    everyMs,
  );

  const wanted = {
    route: query.get('route') ?? '',
    status: query.get('status') ?? '',
    connection: query.get('connection') ?? '',
  };
  const shown = tail.events.filter(event => matches(event, wanted));
  const isFiltered = Boolean(wanted.route || wanted.status || wanted.connection);

  function toggle() {
    announce(tail.paused ? 'Live again' : 'Paused', true);
    setTail(tail.paused ? resumed : paused);
  }

  return (
    <>
      <div className={styles.bar}>
        <Select
          label="Route"
          value={wanted.route}
          onChange={event => filter({ route: event.target.value })}
          options={[
            { value: '', name: 'All routes' },
            ...[...new Set(['$connect', '$disconnect', ...routes])].map(key => ({ value: key, name: key })),
            { value: 'none', name: 'No route' },
            { value: '@connections', name: '@connections' },
          ]}
        />
        <Select
          label="Outcome"
          value={wanted.status}
          onChange={event => filter({ status: event.target.value })}
          options={[
            { value: '', name: 'All' },
            { value: 'failed', name: 'What went wrong' },
          ]}
        />
        <div className={styles.acts}>
          {wanted.connection && (
            <Button
              onClick={() => filter({ connection: undefined })}
              aria-label={`Show all connections, not only ${wanted.connection}`}
            >
              Only {wanted.connection} ×
            </Button>
          )}
          <Button onClick={toggle}>
            {tail.paused ? <Icon.Play /> : <Icon.Pause />}
            {tail.paused ? (tail.held.length > 0 ? `Resume, ${tail.held.length} new` : 'Resume') : 'Pause'}
          </Button>
          <Button look="plain" onClick={() => setTail(cleared)} disabled={tail.events.length === 0}>
            Clear
          </Button>
        </div>
      </div>
      {tail.missed > 0 && (
        <Notice tone="warn" title={`${counted(tail.missed, 'event')} passed unseen`}>
          <p>They came faster than they can be looked at. The latest 256 of a stage are kept.</p>
        </Notice>
      )}
      <Await polled={polled}>
        {() =>
          shown.length > 0 ? (
            <ol className={styles.list} aria-label="Events, the newest first">
              {shown.map(event => (
                <Row key={event.number} event={event} />
              ))}
            </ol>
          ) : isFiltered && tail.events.length > 0 ? (
            <Empty title="No event fits">
              <div>
                <Button onClick={() => filter({ route: undefined, status: undefined, connection: undefined })}>
                  Show all
                </Button>
              </div>
            </Empty>
          ) : (
            <Empty title={tail.paused ? 'Paused' : 'Waiting for something to happen'}>
              <p>
                Connect with the test client and send a message. Each event says which route took it and why; what was
                said is not kept.
              </p>
            </Empty>
          )
        }
      </Await>
    </>
  );
}

function Row({ event }: { event: TailedEvent }) {
  const problem = trouble(event);
  return (
    <li className={cx(styles.event, failed(event) && styles.failed)}>
      <time className={styles.time} dateTime={event.at}>
        {fineTimeOf(event.at)}
      </time>
      <div className={styles.head}>
        <span className={styles.type}>{typeOf(event)}</span>
        {event.routeKey ? (
          <span className={styles.route}>
            <bdi>{event.routeKey}</bdi>
          </span>
        ) : (
          event.reason === 'NONE' && <Pill tone="bad">no route</Pill>
        )}
      </div>
      <div className={styles.words}>
        <p>
          <bdi>{why(event)}</bdi>
        </p>
        {problem && <p className={styles.problem}>{problem}</p>}
        <p className={styles.second}>
          <button
            type="button"
            className={styles.connection}
            onClick={() => filter({ connection: event.connectionId })}
            aria-label={`Only events of ${event.connectionId}`}
          >
            {event.connectionId}
          </button>
          {event.target && <span>{event.target}</span>}
          <span>request {event.requestId}</span>
        </p>
      </div>
      <div className={styles.end}>
        {event.status !== undefined && <span className={styles.status}>{event.status}</span>}
        {event.closeCode !== undefined && event.status === undefined && (
          <span className={styles.status}>{event.closeCode}</span>
        )}
        {event.durationMs > 0 && <span>{took(event.durationMs)}</span>}
      </div>
    </li>
  );
}
