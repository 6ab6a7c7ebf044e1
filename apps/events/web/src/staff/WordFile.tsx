import { Button, LinkButton } from '@carillon/web-kit';
import { useEffect, useMemo, useRef, useState } from 'react';
import { refusalOf } from '../shared/http.ts';
import type { WordRule } from './session/types.ts';
import { csvOfWords, join, type WordsRead, whyWordFile, whyWordLine, wordsAtMost } from './session/wordlist.ts';
import { wordsFor } from './session/words.ts';
import { number } from './times.ts';
import styles from './WordList.module.css';

/** Lines of a file that are named one by one. */
const namedAtMost = 20;

/** Brings words in by a file, and saves them as one; what is brought in holds once the list is stored. */
export function WordFile({
  words,
  change,
  read,
  open,
}: {
  words: readonly WordRule[];
  change: (words: WordRule[]) => void;
  read: (csv: Blob) => Promise<WordsRead>;
  open: boolean;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<{ text: string; refused: WordsRead['refused'] }>();
  const [error, setError] = useState<string>();
  const written = useMemo(() => words.filter(w => w.text.trim()), [words]);
  const [file, setFile] = useState<string>();
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([csvOfWords(written)], { type: 'text/csv' }));
    setFile(made);
    return () => URL.revokeObjectURL(made);
  }, [written]);

  async function take(csv: File) {
    setBusy(true);
    setError(undefined);
    setDone(undefined);
    try {
      const found = await read(csv);
      const joined = join(written, found.words);
      if (joined.words.length > wordsAtMost) {
        setError(`The list would have ${number(joined.words.length)} words; ${number(wordsAtMost)} are possible.`);
        return;
      }
      change(joined.words);
      setDone({
        text: `${number(joined.added)} added, ${number(joined.changed)} changed, ${number(joined.known)} known already, ${number(found.refused.length)} not taken.`,
        refused: found.refused,
      });
    } catch (failed) {
      const refusal = refusalOf(failed);
      setError(whyWordFile(refusal.body.why) ?? wordsFor(refusal));
    } finally {
      setBusy(false);
      if (input.current) input.current.value = '';
    }
  }

  return (
    <>
      <div className={styles.files}>
        {open && (
          <>
            <input
              ref={input}
              type="file"
              accept=".csv,text/csv"
              hidden
              data-words=""
              onChange={event => {
                const csv = event.target.files?.[0];
                if (csv) void take(csv);
              }}
            />
            <Button size="small" look="plain" aria-disabled={busy} onClick={() => !busy && input.current?.click()}>
              {busy ? 'Reading the file' : 'Import a file'}
            </Button>
          </>
        )}
        {written.length > 0 && file && (
          <LinkButton size="small" look="plain" href={file} download="words.csv">
            Save as CSV
          </LinkButton>
        )}
      </div>
      <div role="status">
        {done && (
          <div className={styles.note}>
            <p>{done.text}</p>
            {done.refused.length > 0 && (
              <ul className={styles.refused}>
                {done.refused.slice(0, namedAtMost).map(r => (
                  <li key={r.line}>
                    Line {r.line} {whyWordLine(r.why)}
                  </li>
                ))}
                {done.refused.length > namedAtMost && <li>and {number(done.refused.length - namedAtMost)} more</li>}
              </ul>
            )}
          </div>
        )}
      </div>
      {error && (
        <p role="alert" className={styles.error}>
          {error}
        </p>
      )}
    </>
  );
}
