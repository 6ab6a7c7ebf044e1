import { Button, Icon } from '@carillon/web-kit';
import { useId } from 'react';
import type { WordRule } from './session/types.ts';
import type { WordsRead } from './session/wordlist.ts';
import { WordFile } from './WordFile.tsx';
import styles from './WordList.module.css';

const matches = { word: 'Whole word', part: 'Anywhere', regex: 'Pattern' } as const;
const actions = { hold: 'Hold for review', refuse: 'Refuse', mask: 'Cover with ***' } as const;

/** Words that the chat acts on: how each is found, and what then happens. */
export function WordList({
  id,
  legend = 'Words',
  words,
  change,
  leave,
  read,
  error,
  open,
}: {
  id?: string;
  legend?: string;
  words: readonly WordRule[];
  change: (words: WordRule[]) => void;
  leave: () => void;
  /** Reads a file of words. @throws Refusal */
  read: (csv: Blob) => Promise<WordsRead>;
  error: string | undefined;
  open: boolean;
}) {
  const made = useId();
  const own = id ?? made;
  return (
    <fieldset className={styles.rows} id={own} tabIndex={-1} aria-describedby={error ? `${own}-error` : undefined}>
      <legend className={styles.legend}>{legend}</legend>
      <p className={styles.note}>
        Found whatever the case, the accents and the look-alike letters. Patterns are found in either case, also where
        invisible signs are strewn in.
      </p>
      {words.map((word, index) => {
        const put = (part: Partial<WordRule>) => change(words.map((w, i) => (i === index ? { ...w, ...part } : w)));
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
          <div key={index} className={styles.row}>
            <input
              className={styles.input}
              aria-label={`Word ${index + 1}`}
              dir="auto"
              value={word.text}
              disabled={!open}
              onChange={event => put({ text: event.target.value })}
              onBlur={leave}
            />
            <select
              className={styles.input}
              aria-label={`How word ${index + 1} is found`}
              value={word.match}
              disabled={!open}
              onChange={event => put({ match: event.target.value as WordRule['match'] })}
            >
              {Object.entries(matches).map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </select>
            <select
              className={styles.input}
              aria-label={`What happens with word ${index + 1}`}
              value={word.action}
              disabled={!open}
              onChange={event => put({ action: event.target.value as WordRule['action'] })}
            >
              {Object.entries(actions).map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </select>
            {open && (
              <Button
                look="plain"
                size="small"
                aria-label={`Remove word ${index + 1}`}
                title="Remove"
                onClick={() => change(words.filter((_, i) => i !== index))}
              >
                <Icon.Trash />
              </Button>
            )}
          </div>
        );
      })}
      {error && (
        <p id={`${own}-error`} className={styles.error}>
          {error}
        </p>
      )}
      {open && (
        <div>
          <Button size="small" onClick={() => change([...words, { text: '', match: 'word', action: 'hold' }])}>
            Add a word
          </Button>
        </div>
      )}
      <WordFile words={words} change={change} read={read} open={open} />
    </fieldset>
  );
}
