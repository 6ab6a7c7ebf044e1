import { post, redeem, tokenOf } from '@carillon/web-kit';

let redeeming: Promise<string> | undefined;

/**
 * Posts the token behind the # sign, once however often it is called, and takes it out of the address and the history
 * first. @returns `signed-in`, or a code of errors.ts.
 */
export function signInOnce(): Promise<string> {
  redeeming ??= redeemAddress();
  return redeeming;
}

function redeemAddress(): Promise<string> {
  const token = tokenOf(location.hash);
  history.replaceState(null, '', location.pathname);
  return redeem('/start/sign-in', token);
}

export async function signOut(): Promise<void> {
  await post('/start/sign-out', {});
}
