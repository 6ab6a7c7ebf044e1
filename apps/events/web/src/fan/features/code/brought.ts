import { codeIn, typed } from './code.ts';

/** The code that a link brought, as the field shows it; a new object for each link. */
let current: { code: string } | undefined;
const listeners = new Set<() => void>();

/**
 * Takes codes out of the page's address, now and whenever a link brings one: an address that is copied, kept or shared
 * must not hold a ticket. Wherever the fan is just then, the field knows it when it is drawn. Any other end of an
 * address is left alone.
 */
export function watchAddress(): void {
  take();
  addEventListener('hashchange', take);
}

function take(): void {
  const code = codeIn(location.hash);
  if (!code) return;
  history.replaceState(null, '', location.pathname + location.search);
  current = { code: typed(code, 0).text };
  for (const listener of listeners) listener();
}

/** It let the fan in; whoever comes to this browser next is not to find it. */
export function used(): void {
  current = undefined;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const snapshot = () => current;
