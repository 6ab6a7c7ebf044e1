import { useCallback, useEffect, useRef, useState } from 'react';
import { type Refusal, refusalOf } from '../shared/http.ts';

export type Loaded<T> =
  | { is: 'loading'; value: T | undefined }
  | { is: 'ready'; value: T }
  | { is: 'failed'; value: T | undefined; refusal: Refusal };

/** Loads something when the page opens and each time `again` is called; what was loaded before stays meanwhile. */
export function useLoad<T>(load: () => Promise<T>): [Loaded<T>, () => Promise<void>, (value: T) => void] {
  const [state, setState] = useState<Loaded<T>>({ is: 'loading', value: undefined });
  const round = useRef(0);
  const again = useCallback(async () => {
    const mine = ++round.current;
    setState(now => ({ is: 'loading', value: now.value }));
    try {
      const value = await load();
      if (mine === round.current) setState({ is: 'ready', value });
    } catch (error) {
      if (mine === round.current) setState(now => ({ is: 'failed', value: now.value, refusal: refusalOf(error) }));
    }
  }, [load]);
  useEffect(() => {
    void again();
    return () => {
      round.current++;
    };
  }, [again]);
  const set = useCallback((value: T) => setState({ is: 'ready', value }), []);
  return [state, again, set];
}
