import { get, post, useWhileSeen } from '@carillon/web-kit';
import { createContext, useCallback, useContext, useState } from 'react';
import { commands } from '../session/commands.ts';
import { codeOf } from '../session/errors.ts';
import type { Installation } from '../session/types.ts';

export type SessionState =
  | { phase: 'checking'; error: string | null }
  | { phase: 'out' }
  | { phase: 'in'; installation: Installation };

const againMs = 3000;

/** Whether this browser is signed in. While it is not, it looks again: the link may be opened in another window. */
export function useSession() {
  const [state, setState] = useState<SessionState>({ phase: 'checking', error: null });
  const signedOut = useCallback(() => setState({ phase: 'out' }), []);
  const refresh = useWhileSeen(
    async over => {
      try {
        const installation = (await get('/console/api/session', over)) as Installation;
        if (!over.aborted) setState({ phase: 'in', installation });
      } catch (error) {
        if (over.aborted) return;
        const code = codeOf(error);
        setState(was =>
          code === 'SignedOut' ? { phase: 'out' } : was.phase === 'out' ? was : { phase: 'checking', error: code },
        );
      }
    },
    state.phase === 'in' ? null : againMs,
  );

  const signOut = useCallback(async () => {
    await post('/console/api/sign-out', {});
    setState({ phase: 'out' });
  }, []);

  return { state, refresh, signedOut, signOut };
}

export interface SignedIn {
  installation: Installation;
  /** To be told when the server no longer knows this browser. */
  signedOut: () => void;
}

const Context = createContext<SignedIn | undefined>(undefined);

export const SignedInProvider = Context.Provider;

export function useSignedIn(): SignedIn {
  const signedIn = useContext(Context);
  if (!signedIn) throw new Error('only who is signed in is here');
  return signedIn;
}

export const useCommands = () => commands(useSignedIn().installation);
