import { Button, Icon, StatusDot, type Tone } from '@carillon/web-kit';
import { useCallback, useEffect, useState } from 'react';
import { type Refusal, refusalOf } from '../../../shared/http.ts';
import { useNow } from '../../../shared/useNow.ts';
import type { Organiser } from '../../../staff/session/api.ts';
import type { OrganisedShow, Progress } from '../../../staff/session/types.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { ago, clock, number } from '../../../staff/times.ts';
import { Empty, Failed, Loading } from '../../../staff/ui/State.tsx';
import table from '../../../staff/ui/Table.module.css';
import { useAct } from '../../../staff/useAct.ts';
import { useLoad } from '../../../staff/useLoad.ts';
import { forecast } from '../../session/forecast.ts';
import { isZone } from '../../session/zoned.ts';
import styles from './Progress.module.css';

const everyMs = 2000;

const states: Record<Progress['state'], [Tone, string]> = {
  idle: ['off', 'Nothing to do'],
  working: ['busy', 'Working'],
  ready: ['good', 'Ready'],
  paused: ['warn', 'Paused'],
  clearing: ['busy', 'Clearing'],
  cleared: ['off', 'Cleared'],
};

/** How far the accounts of the fans are made, and whether it will be in time. */
export function ProgressPage({ api, show }: { api: Organiser; show: OrganisedShow }) {
  const load = useCallback(() => api.progress(), [api]);
  const [progress, again, set] = useLoad(load);
  const steering = useAct();
  const [lost, setLost] = useState<Refusal>();
  const now = useNow(1000);

  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return;
      load().then(
        value => {
          setLost(undefined);
          set(value);
        },
        (failed: unknown) => setLost(refusalOf(failed)),
      );
    }, everyMs);
    return () => clearInterval(timer);
  }, [load, set]);

  if (progress.is === 'failed' && !progress.value)
    return <Failed words={wordsFor(progress.refusal)} retry={() => void again()} />;
  const p = progress.value;
  if (!p) return <Loading what="how far it is" />;
  if (p.planned === 0 && p.state === 'idle')
    return (
      <Empty icon={<Icon.Users />} title={show.state === 'draft' ? 'It begins when you publish' : 'No tickets yet'}>
        <p>
          Each ticket gets an account of its own before the doors open, so that nobody waits at the door. Here you see
          how far that is, and whether it will be in time.
        </p>
      </Empty>
    );

  const steer = (action: 'pause' | 'resume' | 'retry') =>
    steering.run(async () => {
      await api.steer(action);
      await again();
    });

  const zone = isZone(show.zone) ? show.zone : 'UTC';
  const [tone, word] = states[p.state];
  const { title, note, tone: mood } = forecast(p, zone, now);
  const left = Math.max(0, p.planned - p.made - p.failed);
  const share = p.limitPerSecond > 0 ? Math.min(1, p.perSecond / p.limitPerSecond) : 0;
  return (
    <>
      <section className={styles.top} aria-labelledby="forecast">
        <div className={styles.forecast} data-mood={mood}>
          <StatusDot tone={tone}>{word}</StatusDot>
          <h2 id="forecast" className={styles.title}>
            {title}
          </h2>
          {note && <p className={styles.note}>{note}</p>}
          {p.why && (
            <p>
              <StatusDot tone="bad" long>
                {`It does not go on just now, and is tried again by itself: ${p.why}`}
              </StatusDot>
            </p>
          )}
        </div>
        <div className={styles.acts}>
          {p.state === 'working' && (
            <Button onClick={() => void steer('pause')}>
              <Icon.Pause /> Pause
            </Button>
          )}
          {p.state === 'paused' && (
            <Button look="primary" onClick={() => void steer('resume')}>
              <Icon.Play /> Go on
            </Button>
          )}
        </div>
      </section>
      <div role="status">
        {lost && (
          <p className={styles.lost}>
            <StatusDot tone="warn" long>
              {`${lost.status >= 400 && lost.status < 500 ? wordsFor(lost) : 'No answer just now.'} These are the last numbers; the work itself goes on.`}
            </StatusDot>
          </p>
        )}
      </div>
      {steering.error && (
        <p role="alert" className={styles.error}>
          {steering.error}
        </p>
      )}
      <section className={styles.card} aria-labelledby="accounts">
        <h2 id="accounts" className={styles.sub}>
          Accounts
        </h2>
        <svg
          className={styles.bar}
          viewBox="0 0 1000 12"
          preserveAspectRatio="none"
          role="img"
          aria-label={`${number(p.made)} of ${number(p.planned)} made, ${number(p.failed)} failed`}
        >
          <rect width="1000" height="12" className={styles.rail} />
          <rect width={part(p.made, p.planned)} height="12" className={styles.madeBar} />
          <rect
            x={part(p.made, p.planned)}
            width={part(p.failed, p.planned)}
            height="12"
            className={styles.failedBar}
          />
        </svg>
        <dl className={styles.numbers}>
          <Figure name="Planned" value={number(p.planned)} />
          <Figure name="Made" value={number(p.made)} />
          <Figure name="To do" value={number(left)} />
          <Figure name="Being tried again" value={number(p.retrying)} />
          <Figure name="Failed" value={number(p.failed)} bad={p.failed > 0} />
          {p.removing > 0 && <Figure name="Being removed" value={number(p.removing)} />}
        </dl>
      </section>
      <section className={styles.card} aria-labelledby="pace">
        <h2 id="pace" className={styles.sub}>
          Pace
        </h2>
        <div className={styles.gauge}>
          {p.limitPerSecond > 0 && (
            <svg
              className={styles.bar}
              viewBox="0 0 1000 12"
              preserveAspectRatio="none"
              role="img"
              aria-label={`${number(p.perSecond)} calls a second of ${number(p.limitPerSecond)} allowed`}
            >
              <rect width="1000" height="12" className={styles.rail} />
              <rect width={share * 1000} height="12" className={styles.paceBar} />
            </svg>
          )}
          <p>
            <strong>{number(p.perSecond)}</strong>{' '}
            {p.limitPerSecond > 0
              ? `of ${number(p.limitPerSecond)} calls a second`
              : 'calls a second, as fast as the platform answers: no limit is set'}
          </p>
          <p className={styles.note}>
            {p.throttled > 0
              ? `The platform asked ${p.throttled === 1 ? 'once' : `${number(p.throttled)} times`} to slow down. It is obeyed, and the forecast counts it in.`
              : 'The platform has not asked to slow down.'}
          </p>
        </div>
      </section>
      {p.failures.length > 0 && (
        <section className={styles.failures} aria-labelledby="failures">
          <div className={styles.failuresHead}>
            <h2 id="failures" className={styles.sub}>
              Failures
            </h2>
            <Button size="small" onClick={() => void steer('retry')}>
              Try all again
            </Button>
          </div>
          <div className={table.frame}>
            <table className={`${table.table} ${table.stack}`}>
              <caption className="visually-hidden">Tickets whose account could not be made</caption>
              <thead>
                <tr>
                  <th scope="col">Ticket</th>
                  <th scope="col">Why</th>
                  <th scope="col">Tries</th>
                  <th scope="col">Last</th>
                </tr>
              </thead>
              <tbody>
                {p.failures.map(f => (
                  <tr key={f.number}>
                    <th scope="row">{f.number}</th>
                    <td data-label="Why">{f.why}</td>
                    <td data-label="Tries">{number(f.tries)}</td>
                    <td data-label="Last" title={clock(f.at)}>
                      {ago(f.at, now)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
    </>
  );
}

function Figure({ name, value, bad }: { name: string; value: string; bad?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={bad ? styles.bad : undefined}>{value}</dd>
    </div>
  );
}

function part(n: number, of: number): number {
  return of > 0 ? (Math.min(n, of) / of) * 1000 : 0;
}
