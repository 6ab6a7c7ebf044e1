import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react';

/** How many milliseconds lie at least between two announcements. */
const spacing = 3000;

/** From how many waiting texts on they are counted instead of read. */
const readAtMost = 2;

/**
 * Says things to a screen reader, politely and never faster than one can listen: at most one change in three seconds.
 * Texts that arrive faster are counted ("5 new messages"), never dropped in silence.
 */
export class Announcer {
  private waiting: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly write: (text: string) => void,
    private readonly now: () => number = () => performance.now(),
    /** So many texts in one, in the reader's language. */
    private readonly many: (n: number) => string = n => `${n} new messages`,
  ) {}

  /** @param soon true for an answer to what the reader has just done ("Copied"): said at once. */
  say(text: string, soon = false): void {
    if (soon) {
      this.last = this.now();
      this.write(text);
      return;
    }
    this.waiting.push(text);
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => this.flush(), Math.max(100, this.last + spacing - this.now()));
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
  }

  private flush(): void {
    this.timer = undefined;
    const texts = this.waiting;
    this.waiting = [];
    this.last = this.now();
    this.write(texts.length <= readAtMost ? texts.join('. ') : this.many(texts.length));
  }
}

const Context = createContext<(text: string, soon?: boolean) => void>(() => {});

/**
 * Holds the page's one live region, which exists before anything is said in it.
 * @param many says how many texts there were that nobody could have listened to; must not change. English where absent.
 */
export function AnnouncerProvider({ children, many }: { children: ReactNode; many?: (n: number) => string }) {
  const region = useRef<HTMLParagraphElement>(null);
  const announcer = useMemo(
    () =>
      new Announcer(
        text => {
          if (region.current) region.current.textContent = text;
        },
        undefined,
        many,
      ),
    [many],
  );
  useEffect(() => () => announcer.stop(), [announcer]);
  const say = useMemo(() => announcer.say.bind(announcer), [announcer]);
  return (
    <Context value={say}>
      {children}
      <p ref={region} className="visually-hidden" role="status" aria-live="polite" data-announcer="" />
    </Context>
  );
}

export function useAnnounce(): (text: string, soon?: boolean) => void {
  return useContext(Context);
}
