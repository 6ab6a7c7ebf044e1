import { Button, Icon, StatusDot } from '@carillon/web-kit';
import { useCallback, useEffect, useRef, useState } from 'react';
import { wordsFor } from '../../../staff/session/words.ts';
import { clock, number } from '../../../staff/times.ts';
import { Choice, TextField } from '../../../staff/ui/Form.tsx';
import { Failed, Loading } from '../../../staff/ui/State.tsx';
import { useLoad } from '../../../staff/useLoad.ts';
import type { PaneProps } from '../pane.ts';
import type { DeskView } from '../../session/desk.ts';
import type { Person } from '../../session/types.ts';
import styles from './People.module.css';

type Filter = '' | 'timeout' | 'banned' | 'revoked';

/** Who is here, and who may not write or come in. What is read here never moves because somebody came or went. */
export function PeoplePane({ model, view, sanction }: PaneProps & { view: DeskView }) {
  const [text, setText] = useState('');
  const [q, setQ] = useState('');
  const [state, setState] = useState<Filter>('');
  const [old, setOld] = useState(false);
  /** How many of the answer to which question are wanted, however often it is asked. */
  const wanted = useRef({ question: '', people: 0 });
  useEffect(() => {
    const timer = setTimeout(() => setQ(text.trim()), 250);
    return () => clearTimeout(timer);
  }, [text]);
  const question = `${state} ${q}`;
  const load = useCallback(async () => {
    setOld(false);
    const least = wanted.current.question === question ? wanted.current.people : 0;
    const people: Person[] = [];
    let next: string | null | undefined;
    do {
      const page = await model.findPeople(q, state, next ?? undefined);
      people.push(...page.people);
      next = page.next;
    } while (next && people.length < least);
    return { people, next };
  }, [model, q, state, question]);
  const [page, again, set] = useLoad(load);

  // Whose standing changed is shown at once; that the list itself is another by now is said, and read when it is asked for.
  const listed = useRef({ present: view.numbers.present, empty: true });
  listed.current.empty = !page.value?.people.length;
  useEffect(
    () =>
      model.onFrame(frame => {
        const came = frame.t === 'numbers' && frame.present !== listed.current.present;
        if (frame.t === 'numbers') listed.current.present = frame.present;
        // The line is back: what was said meanwhile nobody knows.
        if (frame.t === 'hello' || (came && listed.current.empty)) void again();
        else if (came || (frame.t === 'person' && state)) setOld(true);
      }),
    [model, state, again],
  );

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
                void model.findPeople(q, state, more).then(
                  found => {
                    const all = [...people, ...found.people];
                    wanted.current = { question, people: all.length };
                    set({ people: all, next: found.next });
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
      {old && people.length > 0 && (
        <p className={styles.old}>
          <span>Who is here has changed.</span>
          <Button size="small" onClick={() => void again()}>
            Show it
          </Button>
        </p>
      )}
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
