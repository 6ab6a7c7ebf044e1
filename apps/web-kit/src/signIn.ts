import { AppError, post } from './http.ts';

/** What may come of a sign-in link, in words: what happened, what to do. */
export const signInWords: Record<string, string> = {
  ForeignOrigin: 'This request came from another site and was refused. Open this page directly.',
  SignInUsed: 'This link has been used already. Each link signs in once; the next start prints a new one.',
  SignInInvalid:
    'This link is not one of ours, or was cut short when it was copied. Copy the whole line and try again.',
  SignInExpired: 'This link is older than an hour. Start Carillon again to get a new one.',
  SignInMissing: 'The link has lost its last part, after the # sign. Copy the whole line and try again.',
};

/** The token of a sign-in link, or of what somebody copied of it; empty where there is none. */
export function tokenOf(link: string): string {
  const text = link.trim();
  return decodeURIComponent(text.includes('#') ? text.slice(text.indexOf('#') + 1) : text);
}

/** Signs this browser in. @returns `signed-in`, or a code that {@link signInWords} or the page has words for. */
export async function redeem(endpoint: string, token: string): Promise<string> {
  if (!token) return 'SignInMissing';
  try {
    await post(endpoint, { token });
    return 'signed-in';
  } catch (error) {
    return error instanceof AppError ? error.code : 'Network';
  }
}
