/** What is read aloud: everything, only what concerns the listener, or nothing. */
export type Choice = 'all' | 'mentions' | 'off';

/** At least this long between two announcements, in milliseconds. */
const spacingMs = 3000;
/** A count is said this often while more arrive than can be read. */
const countingMs = 10_000;
/** What concerns the listener waits this long at most. */
const urgentMs = 1500;

/**
 * The voice beside the list: one message at a time while one can follow, a count when one cannot, and at once what
 * concerns the listener. It only ever says what is new.
 */
export class Speaker {
  private ordinary: string[] = [];
  private urgent: string[] = [];
  private counting = false;
  private last = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private dueAt = 0;
  choice: Choice = 'all';

  constructor(
    private readonly write: (text: string) => void,
    private readonly count: (n: number) => string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @param important a mention of the listener, the artist, or a moderator. */
  say(text: string, important = false): void {
    if (this.choice === 'off' || (this.choice === 'mentions' && !important)) return;
    (important ? this.urgent : this.ordinary).push(text);
    this.plan();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.ordinary = [];
    this.urgent = [];
  }

  private plan(): void {
    const wait = this.urgent.length > 0 ? urgentMs : this.counting ? countingMs : spacingMs;
    const at = Math.max(this.now() + 200, this.last + wait);
    if (this.timer !== undefined) {
      if (this.dueAt <= at) return;
      clearTimeout(this.timer);
    }
    this.dueAt = at;
    this.timer = setTimeout(() => this.flush(), at - this.now());
  }

  private flush(): void {
    this.timer = undefined;
    this.last = this.now();
    if (this.urgent.length > 0) {
      this.write(this.urgent.splice(0).join('. '));
      if (this.ordinary.length > 0) this.plan();
      return;
    }
    const texts = this.ordinary;
    this.ordinary = [];
    // More than one for each pause is more than one can listen to.
    const many = texts.length > (this.counting ? countingMs / spacingMs : 1);
    this.counting = many;
    if (texts.length > 0) this.write(texts.length === 1 ? (texts[0] ?? '') : this.count(texts.length));
  }
}
