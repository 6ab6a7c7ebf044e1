import { type Refusal, refusalOf } from '../../shared/http.ts';
import type { Imported, IssuedCode } from '../../staff/session/types.ts';

/** Something asked of the server that codes come of. The batch is its name: asked again, nothing is made twice. */
export type Order =
  | { kind: 'make'; batch: string; count: number; tier: string }
  | { kind: 'import'; batch: string; file: File };

export interface Maker {
  makeTickets(count: number, tier: string, batch: string): Promise<{ codes: IssuedCode[] }>;
  importTickets(file: File, batch: string): Promise<Imported>;
}

export interface KeptView {
  /** The newest code of each ticket, in the order they came. */
  codes: readonly IssuedCode[];
  /** What the last file came to; undefined when it was none. */
  imported: Imported | undefined;
  saved: boolean;
  /** Asked, and no answer came: it may have been done or not. */
  unanswered: Order | undefined;
  /** Something would be lost with the page. */
  atRisk: boolean;
}

const nothing: Omit<KeptView, 'atRisk'> = { codes: [], imported: undefined, saved: true, unanswered: undefined };

/**
 * The codes of one show that were shown once and cannot be had again: kept until somebody has saved them, whatever page
 * of the application is looked at meanwhile. What comes before they are saved is added to them.
 */
export class KeptCodes {
  private state = nothing;
  private view: KeptView = { ...nothing, atRisk: false };

  constructor(private readonly changed: () => void = () => {}) {}

  readonly snapshot = (): KeptView => this.view;

  /** Asks for what an order is for. @throws Refusal; without an answer the order stays to be asked again. */
  async take(maker: Maker, order: Order): Promise<void> {
    try {
      if (order.kind === 'make') this.add((await maker.makeTickets(order.count, order.tier, order.batch)).codes);
      else {
        const imported = await maker.importTickets(order.file, order.batch);
        this.add(imported.codes, imported);
      }
      this.put({ unanswered: undefined });
    } catch (error) {
      this.put({ unanswered: isCertain(refusalOf(error)) ? undefined : order });
      throw error;
    }
  }

  /** Codes that have just come: beside those that are not saved, in place of those that are. */
  add(codes: readonly IssuedCode[], imported?: Imported): void {
    const all = new Map((this.state.saved ? [] : this.state.codes).map(c => [c.number, c]));
    for (const code of codes) {
      // A ticket's newest code is its only one.
      all.delete(code.number);
      all.set(code.number, code);
    }
    // A file that brought nothing new has taken nothing away either.
    const saved = codes.length === 0 ? this.state.saved : false;
    this.put({ codes: codes.length === 0 ? this.state.codes : [...all.values()], imported, saved });
  }

  /** They are in a file, or on paper. */
  save(): void {
    this.put({ saved: true });
  }

  putAway(): void {
    this.put({ codes: [], imported: undefined, saved: true });
  }

  /** Nobody will ask for it again. */
  giveUp(): void {
    this.put({ unanswered: undefined });
  }

  private put(part: Partial<typeof nothing>): void {
    this.state = { ...this.state, ...part };
    this.view = {
      ...this.state,
      atRisk: (!this.state.saved && this.state.codes.length > 0) || this.state.unanswered !== undefined,
    };
    this.changed();
  }
}

/** The server has said no, so nothing was made; without such an answer it may have been. */
function isCertain(refusal: Refusal): boolean {
  return refusal.status >= 400 && refusal.status < 500;
}

/** A name that nobody else has given. */
export function newBatch(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');
}

const listeners = new Set<() => void>();
const shows = new Map<string, { title: string; kept: KeptCodes }>();
let risky: readonly { id: string; title: string; count: number }[] = [];

/** The codes of a show, wherever one goes within the application. @param title to name the show by elsewhere. */
export function keptOf(id: string, title: string): KeptCodes {
  const found = shows.get(id);
  if (found) {
    found.title = title;
    return found.kept;
  }
  const kept = new KeptCodes(tell);
  shows.set(id, { title, kept });
  return kept;
}

/** The shows whose codes would be lost with the page. */
export const atRisk = (): typeof risky => risky;

export function subscribeKept(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Somebody signs out, knowing what goes with it. */
export function forgetKept(): void {
  shows.clear();
  tell();
}

function tell(): void {
  risky = [...shows]
    .filter(([, show]) => show.kept.snapshot().atRisk)
    .map(([id, show]) => ({ id, title: show.title, count: show.kept.snapshot().codes.length }));
  for (const listener of listeners) listener();
}
