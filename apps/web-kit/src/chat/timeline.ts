/** One message as this page knows it. Times are milliseconds since 1970. */
export interface Message {
  id: string;
  /** Empty once redacted. */
  text: string;
  /** What the sender's page kept with it; whatever it claims is nobody's word but the sender's. */
  metadata?: string;
  sender: { arn: string; name: string };
  createdAt: number;
  /** Orders the revisions of one message. */
  updatedAt: number;
  edited: boolean;
  redacted: boolean;
}

/** A message on its way out. */
export interface Draft {
  /** The request's token: the server answers a repetition with the first result, so a retry cannot double it. */
  token: string;
  text: string;
  metadata?: string;
  /** `held`: a person decides whether it passes; `refused`: it did not. */
  state: 'sending' | 'waiting' | 'failed' | 'sent' | 'held' | 'refused';
  /** Why it failed or waits; a code of errors.ts. */
  code?: string;
  /** What was said about a refusal, as it was said. */
  reason?: string;
  /** Known from the answer, or from an echo that was quicker than the answer. */
  messageId?: string;
}

/**
 * What a window shows: history, live events and drafts merged into one order. Any of them may come twice, late or in
 * any order; the result depends only on what was said, never on how it arrived.
 */
export class Timeline {
  private readonly messages = new Map<string, Message>();
  /** Ids that were deleted: a page of history fetched before must not bring them back. */
  private readonly deleted = new Set<string>();
  private readonly outgoing: Draft[] = [];
  /** Ids that arrived live since `listing` began; undefined while no listing is under way. */
  private fresh: Set<string> | undefined;

  constructor(readonly me: () => string | undefined) {}

  /** Oldest first, by CreatedTimestamp, then MessageId. */
  rows(): Message[] {
    return [...this.messages.values()].sort(inOrder);
  }

  /** Drafts whose message is not in the list yet, in the order written. */
  drafts(): Draft[] {
    return this.outgoing.filter(d => !d.messageId || !this.messages.has(d.messageId));
  }

  has(id: string): boolean {
    return this.messages.has(id);
  }

  get(id: string): Message | undefined {
    return this.messages.get(id);
  }

  get size(): number {
    return this.messages.size;
  }

  get oldest(): Message | undefined {
    return this.rows()[0];
  }

  get newest(): Message | undefined {
    return this.rows().at(-1);
  }

  /** Takes one live event. @returns true when the message was not known before. */
  arrive(message: Message): boolean {
    this.fresh?.add(message.id);
    const isNew = !this.messages.has(message.id) && !this.deleted.has(message.id);
    if (isNew && message.sender.arn === this.me()) {
      const draft = this.outgoing.find(d => d.state === 'sending' && !d.messageId && d.text === message.text);
      if (draft) draft.messageId = message.id;
    }
    this.put(message);
    return isNew;
  }

  /** Forgets the oldest beyond `keep`; they can be asked for again. @returns how many went. */
  trim(keep: number): number {
    const over = this.messages.size - keep;
    if (over <= 0) return 0;
    this.settle();
    for (const message of this.rows().slice(0, over)) this.messages.delete(message.id);
    return over;
  }

  /** The draft that became, or was to become, this message. */
  draftOf(id: string): Draft | undefined {
    return this.outgoing.find(d => d.messageId === id);
  }

  remove(id: string): void {
    this.deleted.add(id);
    this.settle(id);
    this.messages.delete(id);
  }

  /** Adds a page of older history. */
  merge(page: readonly Message[]): void {
    for (const message of page) this.put(message);
  }

  /** Keeps nothing but this page of history, what arrived since `listing`, and drafts whose message was not in the list yet. */
  startAgain(page: readonly Message[]): void {
    this.settle();
    const arrived = [...this.messages.values()].filter(m => this.fresh?.has(m.id));
    this.fresh = undefined;
    this.messages.clear();
    this.merge(page);
    this.merge(arrived);
  }

  /** Call before asking for the pages that `repair` will take. */
  listing(): void {
    this.fresh = new Set();
  }

  /**
   * Brings everything from the oldest of `listed` to the newest in line with the server: what it no longer lists is
   * dropped, except what arrived while it was being listed.
   * @param complete true when the listing reached the channel's first message.
   */
  repair(listed: readonly Message[], complete: boolean): void {
    const ids = new Set(listed.map(m => m.id));
    const from = complete ? undefined : [...listed].sort(inOrder)[0];
    this.settle();
    for (const known of this.messages.values())
      if (!ids.has(known.id) && !this.fresh?.has(known.id) && (complete || (from && inOrder(known, from) > 0)))
        this.messages.delete(known.id);
    this.fresh = undefined;
    this.merge(listed);
  }

  write(draft: Draft): void {
    this.outgoing.push(draft);
  }

  discard(token: string): void {
    const at = this.outgoing.findIndex(d => d.token === token);
    if (at >= 0) this.outgoing.splice(at, 1);
  }

  /** The first draft that should go out now. */
  next(): Draft | undefined {
    return this.outgoing.find(d => d.state === 'sending' || d.state === 'waiting');
  }

  /** How many drafts wait for the connection. */
  get waiting(): number {
    return this.outgoing.filter(d => d.state === 'sending' || d.state === 'waiting').length;
  }

  /** A draft whose message was in the list is done with: should that leave the list, it does not come back as a draft. */
  private settle(deleted?: string): void {
    const left = this.drafts().filter(d => deleted === undefined || d.messageId !== deleted);
    this.outgoing.splice(0, this.outgoing.length, ...left);
  }

  private put(message: Message): void {
    if (this.deleted.has(message.id)) return;
    const known = this.messages.get(message.id);
    if (known && !replaces(message, known)) return;
    this.messages.set(message.id, message);
  }
}

export function inOrder(a: Message, b: Message): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** A redaction is final; otherwise the later revision wins. */
function replaces(incoming: Message, known: Message): boolean {
  if (known.redacted) return false;
  return incoming.redacted || incoming.updatedAt >= known.updatedAt;
}
