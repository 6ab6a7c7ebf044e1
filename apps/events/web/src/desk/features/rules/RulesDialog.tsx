import { Button, Dialog, StatusDot, useAnnounce } from '@carillon/web-kit';
import { type FormEvent, useState } from 'react';
import { refusalOf } from '../../../shared/http.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { Check, Choice, TextField } from '../../../staff/ui/Form.tsx';
import { WordList } from '../../../staff/WordList.tsx';
import type { DeskApi } from '../../session/api.ts';
import type { DeskModel } from '../../session/desk.ts';
import type { Rules, Tested } from '../../session/types.ts';
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
  const [mine, setMine] = useState<Rules>(rules);
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

  async function save() {
    if (busy) return;
    setBusy(true);
    try {
      await model.putRules({ ...mine, words });
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
    <Dialog title="Rules of the room" closeName="Close" onClose={close}>
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
        <WordList words={mine.words} change={list => put({ words: list })} leave={() => {}} error={undefined} open />
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
                  <p className={styles.muted}>Because of: {[...new Set(tested.hits.map(h => h.rule))].join(', ')}</p>
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
        <div className={styles.acts}>
          <Button look="primary" aria-disabled={busy} onClick={() => void save()}>
            Put in force
          </Button>
          <Button onClick={close}>Leave as they are</Button>
        </div>
      </div>
    </Dialog>
  );
}
