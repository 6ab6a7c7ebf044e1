import { Button, Card, Notice, useAnnounce } from '@carillon/web-kit';
import { useEffect, useState } from 'react';
import { refusalOf } from '../../../shared/http.ts';
import { commonWords, putCommonWords, readWords } from '../../../staff/session/api.ts';
import type { CommonWords, WordRule } from '../../../staff/session/types.ts';
import { join, rebase } from '../../../staff/session/wordlist.ts';
import { wordsFor } from '../../../staff/session/words.ts';
import { dateTime, number } from '../../../staff/times.ts';
import { Failed, Loading } from '../../../staff/ui/State.tsx';
import { useLoad } from '../../../staff/useLoad.ts';
import { useTitle } from '../../../staff/useTitle.ts';
import { WordList } from '../../../staff/WordList.tsx';
import { ownZone } from '../../../shared/time.ts';
import styles from './Words.module.css';

/** What the lists of the server are called. */
const starters: Record<string, { name: string; note: string }> = {
  links: {
    name: 'Addresses of pages',
    note: 'No page makes a link of them; whoever posts one wants it typed off. Held.',
  },
  tricks: { name: 'Offers and tricks', note: 'Phrases of those who sell, promise or pretend. Held.' },
  contact: {
    name: 'Contact and payment details',
    note: 'Telephone numbers, e-mail addresses, numbers of accounts and cards. Covered before anybody reads them.',
  },
  codes: { name: 'Ticket codes', note: 'Whoever posts their own gives their place away. Covered.' },
  shouting: {
    name: 'Shouting',
    note: 'Long runs of capitals, of ! and of ?, held; accents that are piled over the lines of others, refused.',
  },
};

/** The words that hold for every show. */
export default function WordsPage() {
  useTitle('Words for all shows');
  const [found, again] = useLoad(commonWords);
  return (
    <>
      <div className={styles.head}>
        <p className={styles.crumb}>
          <a href="/events/organise">Shows</a>
        </p>
        <h1>Words for all shows</h1>
        <p className={styles.note}>
          They hold in every chat, beside the words of its own, from the next message on: also where a show is on the
          air just now. A show can do without them, by its form.
        </p>
      </div>
      {found.is === 'failed' && !found.value && <Failed words={wordsFor(found.refusal)} retry={() => void again()} />}
      {found.is === 'loading' && !found.value && <Loading what="the words" />}
      {found.value && <Known first={found.value} />}
    </>
  );
}

function Known({ first }: { first: CommonWords }) {
  const announce = useAnnounce();
  const [stored, setStored] = useState(first);
  const [words, setWords] = useState<WordRule[]>(first.words);
  const [error, setError] = useState<string>();
  const [joined, setJoined] = useState(false);
  const [busy, setBusy] = useState(false);
  const written = words.map(w => ({ ...w, text: w.text.trim() })).filter(w => w.text);
  const changed = JSON.stringify(written) !== JSON.stringify(stored.words);

  useEffect(() => {
    if (!changed) return;
    const leaving = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', leaving);
    return () => removeEventListener('beforeunload', leaving);
  }, [changed]);

  const edit = (list: WordRule[]) => {
    setWords(list);
    setError(undefined);
  };

  async function save() {
    if (busy || !changed) return;
    setBusy(true);
    setJoined(false);
    try {
      const now = await putCommonWords(written, stored.version);
      setStored(now);
      setWords(now.words);
      announce('The words are in force', true);
    } catch (failed) {
      const refusal = refusalOf(failed);
      if (refusal.code === 'Changed') {
        try {
          const theirs = await commonWords();
          setWords(rebase(stored.words, written, theirs.words));
          setStored(theirs);
          setJoined(true);
        } catch (lost) {
          setError(wordsFor(refusalOf(lost)));
        }
      } else setError(fault(refusal.body.member, written) ?? wordsFor(refusal));
    }
    setBusy(false);
  }

  return (
    <>
      <Card
        title="The list"
        note={
          stored.updatedAt ? (
            <>
              Changed last by <bdi>{stored.updatedBy}</bdi>, {dateTime(stored.updatedAt, ownZone())}.
            </>
          ) : (
            'Nobody has written one yet. Begin below, or with a list that is there already.'
          )
        }
      >
        <WordList
          legend={`${number(written.length)} ${written.length === 1 ? 'word' : 'words'}`}
          words={words}
          change={edit}
          leave={() => {}}
          read={readWords}
          error={error}
          open
        />
        <div role="status">
          {joined && (
            <Notice tone="warn" title="Somebody else changed the list while you did">
              <p>Theirs and yours are joined above. Look at it, and put it in force once more.</p>
            </Notice>
          )}
        </div>
        <div className={styles.acts}>
          <Button look="primary" aria-disabled={busy || !changed} onClick={() => void save()}>
            {busy ? 'Putting it in force' : 'Put in force'}
          </Button>
          {changed && (
            <Button
              onClick={() => {
                edit(stored.words);
                setJoined(false);
              }}
            >
              Leave as it was
            </Button>
          )}
          <span role="status" className={styles.note}>
            {changed ? 'Not in force yet' : ''}
          </span>
        </div>
      </Card>
      <Card
        title="Lists to begin with"
        note="Each adds its lines to yours; change them as you like. No list knows every word."
      >
        {/* biome-ignore lint/a11y/noRedundantRoles: a list without bullets is no list to VoiceOver unless it says so */}
        <ul role="list" className={styles.starters}>
          {stored.starters.map(({ id, words: brought }) => {
            const { name, note } = starters[id] ?? { name: id, note: '' };
            const { added } = join(written, brought);
            return (
              <li key={id} className={styles.starter}>
                <div>
                  <p className={styles.name}>{name}</p>
                  <p className={styles.note}>
                    {note} {number(brought.length)} {brought.length === 1 ? 'line' : 'lines'}.
                  </p>
                </div>
                <Button
                  size="small"
                  aria-disabled={added === 0}
                  aria-label={`${added === 0 ? 'Added' : 'Add'}: ${name}`}
                  onClick={() => {
                    if (added === 0) return;
                    edit(join(written, brought).words);
                    announce(`${added} added. Not in force yet.`, true);
                  }}
                >
                  {added === 0 ? 'Added' : 'Add'}
                </Button>
              </li>
            );
          })}
        </ul>
      </Card>
    </>
  );
}

function fault(member: unknown, words: readonly WordRule[]): string | undefined {
  const at = /^words\[(\d+)\]$/.exec(String(member))?.[1];
  const word = at === undefined ? undefined : words[Number(at)];
  if (word) return `This cannot be found in a text, or not quickly enough: ${word.text}`;
  return member === 'words' ? 'The list is too long: 1,000 words are possible, 100 of them patterns.' : undefined;
}
