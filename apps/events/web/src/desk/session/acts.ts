import { type Refusal, refusalOf } from '../../shared/http.ts';
import type { Changed } from './types.ts';

/** How long an act can be taken back from the toast, in milliseconds. */
export const undoMs = 5000;
/** What took long to do is still shown for so long. */
const shownMs = 2000;

/** Something that was just done here, and can be taken back. */
export interface Done {
  key: number;
  text: string;
  /** None where it cannot be taken back. */
  logIds: readonly number[];
  /** Milliseconds. */
  until: number;
}

/** What the acts need of the desk around them. */
interface Around {
  undo(logId: number): Promise<Changed>;
  now(): number;
  after(ms: number, act: () => void): () => void;
  changed(): void;
}

type Doing = () => Promise<Changed>;

/** What this page does: one thing, or several that belong together; what was done last can be taken back for a while. */
export class Acts {
  private keys = 0;
  private cancel: (() => void) | undefined;
  done: Done | undefined;
  /** What was refused, to be said. */
  trouble: Refusal | undefined;

  constructor(private readonly around: Around) {}

  stop(): void {
    this.cancel?.();
  }

  /** @returns false where it was refused, which is said to the page. */
  async try(doing: readonly Doing[], text: (n: number) => string): Promise<boolean> {
    try {
      await this.must(doing, text);
      return true;
    } catch (error) {
      this.trouble = refusalOf(error);
      this.around.changed();
      return false;
    }
  }

  /**
   * @param text what was done, said of so many.
   * @throws Refusal where nothing of it could be done: of several, others may have been quicker with some.
   */
  async must(doing: readonly Doing[], text: (n: number) => string): Promise<void> {
    const { now } = this.around;
    const began = now();
    const changed: Changed[] = [];
    let refused: unknown;
    for (const act of doing)
      try {
        changed.push(await act());
      } catch (error) {
        refused = error;
      }
    if (changed.length === 0 && refused !== undefined) throw refused;
    if (changed.length === 0) return;
    this.trouble = undefined;
    this.show({
      key: ++this.keys,
      text: text(changed.length),
      logIds: changed.map(c => c.logId).filter(id => id !== null),
      until: Math.max(began + undoMs, now() + shownMs),
    });
  }

  /** Takes back what was done last. @returns false when there is nothing, or not all of it could be. */
  async undoLast(): Promise<boolean> {
    const { done } = this;
    if (!done || done.logIds.length === 0 || done.until <= this.around.now()) return false;
    this.show(undefined);
    return this.undo(done.logIds);
  }

  async undo(logIds: readonly number[]): Promise<boolean> {
    const refused: Refusal[] = [];
    // The newest first, as they would be undone one by one.
    for (const id of [...logIds].reverse())
      await this.around.undo(id).catch(error => {
        refused.push(refusalOf(error));
      });
    this.trouble = refused[0];
    this.around.changed();
    return refused.length === 0;
  }

  private show(done: Done | undefined): void {
    this.cancel?.();
    this.cancel = undefined;
    this.done = done;
    if (done)
      this.cancel = this.around.after(done.until - this.around.now(), () => {
        this.done = undefined;
        this.around.changed();
      });
    this.around.changed();
  }
}
