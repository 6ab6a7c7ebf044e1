import { Button, Dialog, StatusDot, useAnnounce } from '@carillon/web-kit';
import { type FormEvent, useCallback, useEffect, useRef, useState } from 'react';
import { refusalOf } from '../../../shared/http.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { Check, Choice, TextField } from '../../../staff/ui/Form.tsx';
import { dateTime } from '../../../staff/times.ts';
import { WordList } from '../../../staff/WordList.tsx';
import type { DeskApi } from '../../session/api.ts';
import type { DeskModel } from '../../session/desk.ts';
import { type Loaded, useLoad } from '../../../staff/useLoad.ts';
import { ownZone } from '../../../shared/time.ts';
import type { CommonWords, Rules, Tested } from '../../session/types.ts';
import styles from '../Dialogs.module.css';

const slow = [0, 5, 10, 20, 30, 60, 120];
const told: Record<Tested['action'], string> = {
  pass: 'It would pass',
  mask: 'It would pass with the words covered',
  hold: 'It would wait for a moderator',
  refuse: 'It would be refused',
};

/** The rules of the room, changed during the show; they hold for every client at once. */
export function RulesDialog({
  api,
  model,
  rules,
  close,
}: {
  api: DeskApi;
  model: DeskModel;
  rules: Rules;
  close: () => void;
}) {
  const announce = useAnnounce();
  const [began] = useState<Rules>(rules);
  const [mine, setMine] = useState<Rules>(rules);
  const [asking, setAsking] = useState(false);
  const goOn = useRef<HTMLButtonElement>(null);
  const load = useCallback(() => api.commonWords(), [api]);
  const [common, again] = useLoad(load);
  useEffect(
    () =>
      model.onFrame(frame => {
        if (frame.t === 'common') void again();
      }),
    [model, again],
  );
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [text, setText] = useState('');
  const [tested, setTested] = useState<Tested>();
  const put = (part: Partial<Rules>) => {
    setMine({ ...mine, ...part });
    setError(undefined);
    setTested(undefined);
  };
  const words = mine.words.filter(w => w.text.trim());
  const changed = JSON.stringify({ ...mine, words }) !== JSON.stringify(began);

  useEffect(() => {
    if (!asking) return;
    goOn.current?.focus();
    goOn.current?.closest('[role="alert"]')?.scrollIntoView({ block: 'nearest' });
  }, [asking]);

  /** Escape, or the cross: what was changed is not dropped without a word. */
  function leave() {
    if (changed && !asking) setAsking(true);
    else close();
  }

  async function save() {
    if (busy) return;
    setBusy(true);
    try {
      await model.putRules(began, { ...mine, words });
      announce('The rules are in force', true);
      close();
    } catch (failed) {
      const refusal = refusalOf(failed);
      setError(
        String(refusal.body.member ?? '').startsWith('words')
          ? 'One of the words is no sound pattern, or there are too many.'
          : wordsFor(refusal),
      );
      setBusy(false);
    }
  }

  async function test(event: FormEvent) {
    event.preventDefault();
    if (!text.trim()) return;
    try {
      setTested(await api.test(text, words));
      setError(undefined);
    } catch (failed) {
      setError(wordsFor(refusalOf(failed)));
    }
  }

  return (
    <Dialog title="Rules of the room" closeName="Close" onClose={leave}>
      <div className={styles.form}>
        <Choice
          label="Slow mode"
          hint="Between two messages of one fan. Staff is exempt."
          value={String(mine.slowSeconds)}
          change={value => put({ slowSeconds: Number(value) })}
          options={[...new Set([...slow, mine.slowSeconds])]
            .sort((a, b) => a - b)
            .map(s => ({ value: String(s), name: s === 0 ? 'Off' : `${s} seconds` }))}
        />
        <Choice
          label="Who may write"
          value={mine.mode}
          change={mode => put({ mode })}
          options={[
            { value: 'open', name: 'Everybody' },
            { value: 'emoji', name: 'Everybody, emoji only' },
            { value: 'tier', name: 'All tiers but the first' },
            { value: 'staff', name: 'Artist and staff only' },
          ]}
        />
        <Check
          label="Hold each fan’s first message"
          hint="Once one of theirs was approved, a fan writes freely."
          checked={mine.holdFirst}
          change={holdFirst => put({ holdFirst })}
        />
        <WordList
          legend="Words of this show"
          words={mine.words}
          change={list => put({ words: list })}
          leave={() => {}}
          read={api.readWords}
          error={undefined}
          open
        />
        <Common common={common} />
        <form className={styles.test} onSubmit={event => void test(event)}>
          <div className={styles.testRow}>
            <TextField
              label="Try a text"
              hint="Nothing is sent."
              value={text}
              change={value => {
                setText(value);
                setTested(undefined);
              }}
            />
            <Button type="submit">Try</Button>
          </div>
          <div role="status">
            {tested && (
              <>
                <StatusDot tone={tested.action === 'pass' ? 'good' : tested.action === 'refuse' ? 'bad' : 'warn'}>
                  {told[tested.action]}
                </StatusDot>
                {tested.hits.length > 0 && (
                  <p className={styles.muted}>
                    Because of: <Hits hits={tested.hits} />
                  </p>
                )}
                {tested.action === 'mask' && (
                  <p className={styles.seen} dir="auto">
                    {tested.text}
                  </p>
                )}
              </>
            )}
          </div>
        </form>
        {error && (
          <p role="alert" className={styles.error}>
            {error}
          </p>
        )}
        {JSON.stringify(rules) !== JSON.stringify(began) && (
          <p role="status" className={styles.muted}>
            Somebody has changed the rules since you opened them. What you do not touch stays as it is now.
          </p>
        )}
        {asking ? (
          <div role="alert" className={styles.asking}>
            <p>What you changed is not in force.</p>
            <div className={styles.acts}>
              <Button ref={goOn} onClick={() => setAsking(false)}>
                Go on changing
              </Button>
              <Button look="danger" onClick={close}>
                Drop the changes
              </Button>
            </div>
          </div>
        ) : (
          <div className={styles.acts}>
            <Button look="primary" aria-disabled={busy} onClick={() => void save()}>
              Put in force
            </Button>
            <Button onClick={close}>Leave as they are</Button>
          </div>
        )}
      </div>
    </Dialog>
  );
}

/** Each rule that struck once, and of which list it is. */
function Hits({ hits }: { hits: Tested['hits'] }) {
  const rules = new Map(hits.map(h => [`${h.list} ${h.rule}`, h]));
  return [...rules.values()].map((hit, index) => (
    <span key={`${hit.list} ${hit.rule}`}>
      {index > 0 && ', '}
      <bdi>{hit.rule}</bdi>
      {hit.list === 'common' && ' (for all shows)'}
    </span>
  ));
}

const does = { hold: 'held', refuse: 'refused', mask: 'covered' } as const;
const found = { word: '', part: ', anywhere', regex: ', pattern' } as const;

/** The words for all shows, to be read: organisers change them, on a page of their own. */
function Common({ common }: { common: Loaded<CommonWords> }) {
  const list = common.value;
  if (!list) return null;
  if (!list.used) return <p className={styles.muted}>The words for all shows do not hold here, by this show’s form.</p>;
  if (list.words.length === 0) return <p className={styles.muted}>There are no words for all shows.</p>;
  return (
    <details className={styles.common}>
      <summary>Words for all shows: {list.words.length}</summary>
      <p className={styles.muted}>
        They hold here too. Organisers change them
        {list.updatedAt && (
          <>
            ; <bdi>{list.updatedBy}</bdi> did last, {dateTime(list.updatedAt, ownZone())}
          </>
        )}
        .
      </p>
      <ul className={styles.commonWords}>
        {list.words.map(word => (
          <li key={`${word.match} ${word.text}`}>
            <bdi>{word.text}</bdi>
            <span className={styles.muted}>
              {' '}
              {does[word.action]}
              {found[word.match]}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
