import { useCallback, useRef, useState } from 'react';
import { type Refusal, refusalOf } from '../shared/http.ts';
import { Once } from './session/once.ts';
import { wordsFor } from './session/words.ts';

export interface Act {
  busy: boolean;
  /** Why the last one came to nothing, in words. */
  error: string | undefined;
  setError: (error: string | undefined) => void;
  /** Does it, unless something is being done already. */
  run: (act: () => Promise<void>) => Promise<void>;
}

/** What one form or dialog does: once at a time, its refusal in words. @param words kept from the first drawing on. */
export function useAct(words: (refusal: Refusal) => string = wordsFor): Act {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const once = useRef(new Once());
  const say = useRef(words);
  const run = useCallback(async (act: () => Promise<void>) => {
    await once.current.run(async () => {
      setBusy(true);
      setError(undefined);
      try {
        await act();
      } catch (failed) {
        setError(say.current(refusalOf(failed)));
      } finally {
        setBusy(false);
      }
    });
  }, []);
  return { busy, error, setError, run };
}
