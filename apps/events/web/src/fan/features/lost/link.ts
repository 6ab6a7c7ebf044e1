import { useEffect, useState } from 'react';

/** The secret that a letter's link brings behind its # sign. */
export function tokenIn(hash: string): string | undefined {
  return /^#lost=([\w-]{20,100})$/.exec(hash)?.[1];
}

/** Takes the secret out of the address: what was spent or put away is not to be copied or kept. */
export function forgetLink(): void {
  if (tokenIn(location.hash)) history.replaceState(null, '', location.pathname + location.search);
}

/**
 * The letter's link that this page was opened with, or that was opened while it stood here.
 * It stays in the address until it is put away or has made a code, so that a page which a phone let go of comes back.
 */
export function useLetterLink() {
  const [token, setToken] = useState(() => tokenIn(location.hash));
  const [asks, setAsks] = useState(false);
  useEffect(() => {
    const brought = () => {
      const found = tokenIn(location.hash);
      if (found) setToken(found);
    };
    addEventListener('hashchange', brought);
    return () => removeEventListener('hashchange', brought);
  }, []);
  return {
    token,
    /** Another letter is to be asked for at once. */
    asks,
    forget: (another: boolean) => {
      forgetLink();
      setToken(undefined);
      setAsks(another);
    },
  };
}

const key = 'carillon-lost-page';

/** What this page calls itself: a link that has made a code here goes on working here alone, also after a reload. */
export function pageName(): string {
  const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, '0')).join('');
  try {
    const kept = sessionStorage.getItem(key);
    if (kept) return kept;
    sessionStorage.setItem(key, made);
  } catch {
    // Without storage a reload is another page.
  }
  return made;
}
