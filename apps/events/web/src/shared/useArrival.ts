import { type RefObject, useEffect, useRef } from 'react';

/** Screens of this page so far. */
let screens = 0;

/**
 * For the heading of a screen that takes another's place: where the focus went with the one before, it comes to the
 * heading and not to the page's top. The first screen is read from the top anyway.
 */
export function useArrival<E extends HTMLElement>(): RefObject<E | null> {
  const heading = useRef<E>(null);
  useEffect(() => {
    if (screens++ > 0 && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
  }, []);
  return heading;
}
