import { Loading, Notice } from '@carillon/web-kit';
import type { ReactNode } from 'react';
import { wordsFor } from '../session/errors.ts';
import { Reconnecting } from '../ui/States.tsx';
import { type PollView, useNow } from './poll.ts';

/** Draws what is known, and around it how it stands: loading, old, not there. */
export function Await<T>({ polled, children }: { polled: PollView<T>; children: (data: T) => ReactNode }) {
  const { data, error, retryAt } = polled;
  return (
    <>
      {error && retryAt === null && (
        <Notice tone={data === undefined ? 'warn' : 'bad'} title={titleOf(error, data !== undefined)}>
          <p>{wordsFor(error)}</p>
        </Notice>
      )}
      {error && retryAt !== null && <Banner polled={polled} error={error} />}
      {data !== undefined ? children(data) : !error && <Loading what="what stands here" />}
    </>
  );
}

function titleOf(error: string, wasThere: boolean): string {
  if (wasThere) return 'This has ended';
  return error.includes('NotFound') ? 'Not found' : 'This cannot be shown';
}

// Most gaps are over before anybody would have read of them.
const quietMs = 2000;

function Banner<T>({ polled, error }: { polled: PollView<T>; error: string }) {
  const now = useNow();
  if (now - (polled.failingSince ?? now) < quietMs) return null;
  const left = Math.ceil(((polled.retryAt ?? now) - now) / 1000);
  return <Reconnecting words={wordsFor(error)} seconds={left > 0 ? left : null} onNow={polled.refresh} />;
}
