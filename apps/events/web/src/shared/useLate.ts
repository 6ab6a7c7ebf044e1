import { type ComponentType, type LazyExoticComponent, lazy, useCallback, useState } from 'react';

/**
 * A part of the page that is fetched when it is drawn first.
 * @param load must not change from draw to draw.
 * @returns the part, and how to fetch it anew: one that could not be fetched would be remembered as failed for ever.
 */
export function useLate<P>(
  load: () => Promise<{ default: ComponentType<P> }>,
): [LazyExoticComponent<ComponentType<P>>, () => void] {
  const [part, setPart] = useState(() => lazy(load));
  return [part, useCallback(() => setPart(lazy(load)), [load])];
}
