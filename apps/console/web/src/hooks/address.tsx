import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react';
import { withQuery } from '../session/place.ts';

const changed = 'carillon:address';

function listen(hear: () => void): () => void {
  addEventListener('popstate', hear);
  addEventListener(changed, hear);
  return () => {
    removeEventListener('popstate', hear);
    removeEventListener(changed, hear);
  };
}

/** The path and the query of the address; whoever reads them follows them. */
export function useAddress(): { path: string; query: URLSearchParams } {
  const path = useSyncExternalStore(listen, () => location.pathname);
  const search = useSyncExternalStore(listen, () => location.search);
  return { path, query: new URLSearchParams(search) };
}

/** Goes elsewhere on this page, with a step in the history. */
export function go(href: string): void {
  history.pushState(null, '', href);
  dispatchEvent(new Event(changed));
  scrollTo(0, 0);
}

/** Changes filters in the address, without a step in the history. */
export function filter(change: Record<string, string | undefined>): void {
  history.replaceState(null, '', location.pathname + withQuery(location.search, change));
  dispatchEvent(new Event(changed));
}

/** A link within the page; the browser keeps its own ways of opening it. */
export function Link({ href, onClick, ...rest }: { href: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    go(href);
  };
  return <a {...rest} href={href} onClick={follow} />;
}
