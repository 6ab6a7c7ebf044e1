import { get } from '@carillon/web-kit';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Polled, Poller } from '../session/poller.ts';
import { useSignedIn } from './session.tsx';

const nothing = { data: undefined, error: null, retryAt: null, failingSince: null };

export interface PollView<T> extends Polled<T> {
  /** Asks at once. */
  refresh: () => void;
}

/** Asks one of the console's endpoints, now and then while the page is looked at. Another path begins anew. */
export function usePoll<T>(path: string, everyMs: number | null): PollView<T> {
  return usePolled<T>(path, signal => get(`/console/api${path}`, signal) as Promise<T>, everyMs);
}

/** The same with a question that changes from time to time. @param key What is asked about: with another it begins anew. */
export function usePolled<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  everyMs: number | null,
): PollView<T> {
  const { signedOut } = useSignedIn();
  const [state, setState] = useState<{ key: string; polled: Polled<T> }>({ key, polled: nothing });
  const poller = useRef<Poller<T>>(undefined);
  const question = useRef(load);
  question.current = load;

  useEffect(() => {
    const asking = new Poller<T>(
      signal => question.current(signal),
      everyMs,
      polled => {
        if (polled.error === 'SignedOut') signedOut();
        else setState({ key, polled });
      },
    );
    poller.current = asking;
    const seen = () => asking.seen();
    document.addEventListener('visibilitychange', seen);
    addEventListener('online', seen);
    asking.now();
    return () => {
      asking.stop();
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('online', seen);
    };
  }, [key, everyMs, signedOut]);

  const refresh = useCallback(() => poller.current?.now(), []);
  return { ...(state.key === key ? state.polled : nothing), refresh };
}

/** Turns true after so long, so that what is quick draws nothing in between. */
export function useLater(ms: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return late;
}

/** The time of now, told again each second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
