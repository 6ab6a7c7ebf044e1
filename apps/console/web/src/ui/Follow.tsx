import { type ReactNode, useLayoutEffect, useRef } from 'react';

/** Within so many pixels of the end the region follows what comes. */
const nearPx = 80;

/** A region that scrolls, and keeps to its end unless somebody has scrolled away from it. */
export function Follow({
  label,
  upTo,
  className,
  dir,
  children,
}: {
  label: string;
  /** Changes with what is in it. */
  upTo: unknown;
  className: string | undefined;
  dir?: 'ltr';
  children: ReactNode;
}) {
  const region = useRef<HTMLElement>(null);
  const follows = useRef(true);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is new is what there is to follow
  useLayoutEffect(() => {
    const element = region.current;
    if (element && follows.current) element.scrollTop = element.scrollHeight;
  }, [upTo]);

  const scrolled = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement) => {
    follows.current = scrollHeight - scrollTop - clientHeight < nearPx;
  };
  const how = { ref: region, className, dir, 'aria-label': label };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section {...how} tabIndex={0} onScroll={event => scrolled(event.currentTarget)}>
      {children}
    </section>
  );
}
