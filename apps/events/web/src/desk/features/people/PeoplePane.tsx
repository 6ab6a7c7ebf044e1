import { Button, Icon, StatusDot } from '@carillon/web-kit';
import { useCallback, useEffect, useRef, useState } from 'react';
import { wordsFor } from '../../../staff/session/words.ts';
import { clock, number } from '../../../staff/times.ts';
import { Choice, TextField } from '../../../staff/ui/Form.tsx';
import { Failed, Loading } from '../../../staff/ui/State.tsx';
import { useLoad } from '../../../staff/useLoad.ts';
import type { PaneProps } from '../pane.ts';
import type { DeskApi } from '../../session/api.ts';
import type { DeskView } from '../../session/desk.ts';
import type { Person } from '../../session/types.ts';
import styles from './People.module.css';

type Filter = '' | 'timeout' | 'banned' | 'revoked';

/** Who is here, and who may not write or come in. */
export function PeoplePane({ api, model, view, sanction }: PaneProps & { api: DeskApi; view: DeskView }) {
  const [text, setText] = useState('');
  const [q, setQ] = useState('');
  const [state, setState] = useState<Filter>('');
  useEffect(() => {
    const timer = setTimeout(() => setQ(text.trim()), 250);
    return () => clearTimeout(timer);
  }, [text]);
  const load = useCallback(async () => {
    const page = await api.people(q, state);
    model.know(page.people);
    return page;
  }, [api, model, q, state]);
  const [page, again, set] = useLoad(load);

  // Whose standing changed is shown at once; the list itself is read anew when it is filtered by it, and when somebody
  // came or went. Who has read on is left in peace.
  const grown = useRef(false);
  const present = useRef(view.numbers.present);
  useEffect(
    () =>
      model.onFrame(frame => {
        const came = frame.t === 'numbers' && frame.present !== present.current;
        if (frame.t === 'numbers') present.current = frame.present;
        if ((frame.t === 'person' && state) || (came && !grown.current)) void again();
      }),
    [model, state, again],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at its first page
  useEffect(() => {
    grown.current = false;
  }, [q, state]);

  const more = page.value?.next;
  const people = page.value?.people ?? [];
  return (
    <div className={styles.pane}>
      <div className={styles.filters}>
        <TextField label="Search people" type="search" value={text} change={setText} />
        <Choice
          label="Show"
          value={state}
          change={setState}
          options={[
            { value: '', name: 'Everybody' },
            { value: 'timeout', name: 'Timed out' },
            { value: 'banned', name: 'Banned' },
            { value: 'revoked', name: 'Ticket revoked' },
          ]}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be in reach of the keyboard */}
      <section className={styles.scroller} tabIndex={0} aria-label="People found">
        {page.is === 'failed' && <Failed words={wordsFor(page.refusal)} retry={() => void again()} />}
        {page.is === 'loading' && !page.value && <Loading what="people" />}
        {page.is === 'ready' && people.length === 0 && (
          <p className={styles.empty}>
            {q ? 'Nobody by this name or number.' : state ? 'Nobody, which is good.' : 'Nobody has come in yet.'}
          </p>
        )}
        {people.length > 0 && (
          // biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so
          <ul role="list" aria-label="People">
            {people.map(person => {
              const now = view.standing.get(person.number);
              return (
                <Line
                  key={person.number}
                  person={now ? { ...person, ...now } : person}
                  sanction={sanction}
                  lift={name => void model.lift(person.number, name)}
                />
              );
            })}
          </ul>
        )}
        {more && (
          <div className={styles.more}>
            <Button
              size="small"
              onClick={() =>
                void api.people(q, state, more).then(
                  next => {
                    model.know(next.people);
                    grown.current = true;
                    set({ people: [...people, ...next.people], next: next.next ?? null });
                  },
                  () => void again(),
                )
              }
            >
              More people
            </Button>
          </div>
        )}
      </section>
    </div>
  );
}

function Line({
  person,
  sanction,
  lift,
}: {
  person: Person;
  sanction: PaneProps['sanction'];
  lift: (name: string) => void;
}) {
  const name = person.nickname ?? `Ticket ${person.number}`;
  const out = person.state === 'timeout' || person.state === 'banned';
  return (
    <li className={styles.line}>
      <div className={styles.who}>
        <p className={styles.name}>
          <bdi>{name}</bdi>
          {person.here && <span className={styles.here}>here</span>}
        </p>
        <p className={styles.facts}>
          No. {number(person.number)} · <bdi>{person.tier}</bdi> ·{' '}
          {person.messages === 1 ? '1 message' : `${number(person.messages)} messages`}
          {person.removed > 0 && `, ${number(person.removed)} removed`}
        </p>
        {person.state !== 'valid' && (
          <p className={styles.standing}>
            <StatusDot tone={person.state === 'timeout' ? 'warn' : 'bad'}>
              {person.state === 'timeout'
                ? `May not write${person.until ? ` until ${clock(person.until)}` : ''}`
                : person.state === 'banned'
                  ? `Banned${person.until ? ` until ${clock(person.until)}` : ''}`
                  : 'Ticket revoked'}
            </StatusDot>
            {person.reason && <bdi className={styles.facts}>{person.reason}</bdi>}
          </p>
        )}
      </div>
      <div className={styles.acts}>
        {out ? (
          <Button size="small" onClick={() => lift(name)} aria-label={`Lift it for ${name}`}>
            Lift
          </Button>
        ) : (
          person.state === 'valid' && (
            <Button
              size="small"
              onClick={() => sanction({ what: 'timeout', number: person.number, name })}
              aria-label={`Time-out or ban for ${name}`}
            >
              <Icon.Mute /> Time-out or ban
            </Button>
          )
        )}
      </div>
    </li>
  );
}
