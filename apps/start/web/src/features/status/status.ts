import { get, useWhileSeen } from '@carillon/web-kit';
import { useState } from 'react';

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
  const refresh = useWhileSeen(async over => {
    try {
      const status = (await get('/start/status', over)) as Status;
      if (over.aborted) return;
      setKnown(status);
      setUnreachable(false);
    } catch {
      if (!over.aborted) setUnreachable(true);
    }
  }, everyMs);

  return { known, unreachable, refresh };
}
