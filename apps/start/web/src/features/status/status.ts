import { useCallback, useEffect, useState } from 'react';
import { answerOf } from '../../session/http.ts';

/** What `GET /start/status` says to anybody. */
export interface Status {
  version: string;
  region: string;
  account: string;
  ready: boolean;
  plain: string;
  /** Null when the server has no TLS listener. */
  tls: string | null;
  /** True when `/start/ca.pem` can be had. */
  caPem: boolean;
  /** True when the sample chat may be used from here. */
  demo: boolean;
  /** Other faces of this installation. */
  faces: readonly { name: string; path: string; about: string }[];
  /** Null unless signed in. */
  operator: OperatorFacts | null;
}

export interface OperatorFacts {
  dataFolder: string | null;
  credentialsFile: string | null;
  sessions: number;
}

export interface StatusView {
  /** The last answer; kept while the server cannot be reached. */
  known: Status | undefined;
  unreachable: boolean;
  refresh: () => void;
}

const everyMs = 5000;

/** Asks every five seconds while the page is looked at. */
export function useStatus(): StatusView {
  const [known, setKnown] = useState<Status>();
  const [unreachable, setUnreachable] = useState(false);
  const [asked, ask] = useState(0);
  const refresh = useCallback(() => ask(n => n + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` is the request to ask again at once
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') {
        try {
          const status = (await answerOf(await fetch('/start/status', { cache: 'no-store' }))) as Status;
          if (over) return;
          setKnown(status);
          setUnreachable(false);
        } catch {
          if (over) return;
          setUnreachable(true);
        }
      }
      timer = setTimeout(look, everyMs);
    };
    const seen = () => document.visibilityState === 'visible' && void look();
    document.addEventListener('visibilitychange', seen);
    void look();
    return () => {
      over = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [asked]);

  return { known, unreachable, refresh };
}
