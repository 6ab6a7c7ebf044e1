import { codeOf } from '@carillon/web-kit/session';
import { post } from '../../session/http.ts';

let redeeming: Promise<string> | undefined;

/**
 * Posts the token behind the # sign, once however often it is called, and takes it out of the address and the history
 * first. @returns `signed-in`, or a code of errors.ts.
 */
export function signInOnce(): Promise<string> {
  redeeming ??= redeem(decodeURIComponent(location.hash.slice(1)));
  return redeeming;
}

async function redeem(token: string): Promise<string> {
  history.replaceState(null, '', location.pathname);
  if (!token) return 'SignInMissing';
  try {
    await post('/start/sign-in', { token });
    return 'signed-in';
  } catch (error) {
    return codeOf(error);
  }
}

export async function signOut(): Promise<void> {
  await post('/start/sign-out', {});
}
