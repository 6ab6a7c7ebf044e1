import { useCallback, useEffect, useRef, useState } from 'react';

/** What tells whether somebody looks. */
export type Page = Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>;

/**
 * Asks while the page is looked at: at once, again some time after each answer, and as soon as the page is seen again.
 * @param ask Is told when it is over, so that a late answer changes nothing. Does not throw.
 * @param everyMs Between an answer and the next question.
 * @returns Ends it.
 */
export function whileSeen(
  ask: (over: AbortSignal) => Promise<void>,
  everyMs: number,
  page: Page = document,
): () => void {
  const over = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  const look = async () => {
    clearTimeout(timer);
    if (isAsking || page.visibilityState !== 'visible') return;
    isAsking = true;
    await ask(over.signal);
    isAsking = false;
    if (!over.signal.aborted) timer = setTimeout(look, everyMs);
  };
  page.addEventListener('visibilitychange', look);
  void look();
  return () => {
    over.abort();
    clearTimeout(timer);
    page.removeEventListener('visibilitychange', look);
  };
}

/**
 * The same for as long as a component is there. @param everyMs Null asks nothing.
 * @returns Asks at once; what was under way is over.
 */
export function useWhileSeen(ask: (over: AbortSignal) => Promise<void>, everyMs: number | null): () => void {
  const question = useRef(ask);
  question.current = ask;
  const [asked, setAsked] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` is the request to ask at once
  useEffect(
    () => (everyMs === null ? undefined : whileSeen(over => question.current(over), everyMs)),
    [asked, everyMs],
  );

  return useCallback(() => setAsked(n => n + 1), []);
}
