import { Button, LinkButton, Notice } from '@carillon/web-kit';
import { useEffect, useId, useState } from 'react';
import { useText } from '../../../shared/i18n/useText.ts';
import { Door, listShows } from '../../session/door.ts';
import type { ShowBrief } from '../../session/types.ts';
import { CodeForm } from '../code/CodeForm.tsx';
import { When } from '../countdown/When.tsx';
import { PhasePill } from '../landing/PhasePill.tsx';
import styles from './Listing.module.css';

type State = { is: 'loading' } | { is: 'ready'; shows: ShowBrief[] } | { is: 'failed' };

/** What is on, and the field for a code. */
export function Listing() {
  const t = useText();
  const id = useId();
  const [state, setState] = useState<State>({ is: 'loading' });
  const [chosen, choose] = useState<string>();

  async function load() {
    setState({ is: 'loading' });
    try {
      setState({ is: 'ready', shows: await listShows() });
    } catch {
      setState({ is: 'failed' });
    }
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page opens
  useEffect(() => {
    void load();
  }, []);

  const shows = state.is === 'ready' ? inOrder(state.shows) : [];
  const open = shows.filter(s => s.phase !== 'ended');
  const target = open.find(s => s.slug === chosen) ?? open[0];

  async function enter(code: string, move: boolean) {
    if (!target) return;
    await new Door(target.slug).enter(code, move);
    location.assign(`/events/${encodeURIComponent(target.slug)}`);
  }

  return (
    <>
      <h1 className={styles.title}>{t('listTitle')}</h1>
      {state.is === 'loading' && <p className={styles.quiet}>{t('loading')}</p>}
      {state.is === 'failed' && (
        <Notice
          tone="warn"
          title={t('listFailed')}
          actions={<Button onClick={() => void load()}>{t('tryAgain')}</Button>}
        >
          <p>{t('unreachable')}</p>
        </Notice>
      )}
      {state.is === 'ready' && open.length === 0 && (
        <Notice title={t('listEmpty')}>
          <p>{t('listEmptyNote')}</p>
        </Notice>
      )}
      {state.is === 'ready' && shows.length > 0 && (
        <div className={styles.columns}>
          {/* biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so */}
          <ul role="list" className={styles.shows}>
            {shows.map(show => (
              <li key={show.slug} className={styles.show}>
                <div className={styles.what}>
                  <PhasePill phase={show.phase} />
                  <h2 className={styles.name}>
                    <bdi>{show.title}</bdi>
                  </h2>
                  <p className={styles.artist}>
                    <bdi>{show.artist}</bdi>
                  </p>
                  <When show={show} />
                </div>
                <LinkButton href={`/events/${encodeURIComponent(show.slug)}`}>
                  {show.phase === 'ended' ? t('look') : t('toShow')}
                  <span className="visually-hidden">: {show.title}</span>
                </LinkButton>
              </li>
            ))}
          </ul>
          {target && (
            <section className={styles.door} aria-label={t('yourTicket')}>
              <CodeForm
                enter={enter}
                before={
                  open.length > 1 && (
                    <div className={styles.which}>
                      <label htmlFor={id} className={styles.label}>
                        {t('whichShow')}
                      </label>
                      <select
                        id={id}
                        className={styles.select}
                        value={target.slug}
                        onChange={event => choose(event.target.value)}
                      >
                        {open.map(s => (
                          <option key={s.slug} value={s.slug}>
                            {s.title}
                          </option>
                        ))}
                      </select>
                    </div>
                  )
                }
              />
            </section>
          )}
        </div>
      )}
    </>
  );
}

const rank = { live: 0, doors: 1, announced: 2, ended: 3 };

/** What is on first, then what comes next, then what is over, the latest first. */
function inOrder(shows: readonly ShowBrief[]): ShowBrief[] {
  return [...shows].sort(
    (a, b) =>
      rank[a.phase] - rank[b.phase] ||
      (Date.parse(a.startsAt) - Date.parse(b.startsAt)) * (a.phase === 'ended' ? -1 : 1),
  );
}
