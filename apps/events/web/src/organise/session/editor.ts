import { type Refusal, refusalOf } from '../../shared/http.ts';
import type { Definition, OrganisedShow } from '../../staff/session/types.ts';
import {
  type Conflict,
  choose,
  definitionIn,
  definitionOf,
  type FieldName,
  instant,
  keptOf,
  type Live,
  memberOf,
  merge,
  same,
  type TimeField,
  timeFields,
  type Values,
  valuesAfter,
  valuesOf,
} from './definition.ts';

/** Where the form stands with the server. */
export type Saving =
  /** Everything that can be stored is; `at` in milliseconds, undefined when nothing was changed here yet. */
  | { is: 'saved'; at: number | undefined }
  /** Fans see what is stored, so a field that is being typed in is stored once it is left. */
  | { is: 'typing' }
  | { is: 'waiting' }
  | { is: 'saving' }
  /** No answer came; tries again by itself. What was typed is kept. */
  | { is: 'offline' }
  /** Somebody else changed the same; waits for a choice. What is typed meanwhile is in it. */
  | { is: 'conflict'; conflicts: Conflict[] }
  /** The server says no; trying again as it is would be no use, until something has changed elsewhere. */
  | { is: 'refused'; refusal: Refusal };

export interface EditorView {
  show: OrganisedShow;
  values: Values;
  saving: Saving;
  /** In the middle of being typed. */
  typing: ReadonlySet<FieldName>;
  /** Changes of somebody else were taken over; said once. */
  joined: boolean;
  /** May still be changed. */
  open: boolean;
}

export interface EditorApi {
  show(): Promise<OrganisedShow>;
  save(definition: Definition, version: number): Promise<OrganisedShow>;
}

/** How long typing has to rest before it is stored, in milliseconds. */
export const restMs = 800;
const retryMs = [2000, 4000, 8000, 15_000];

/**
 * A form that saves itself. Each save names the version it began with, so that two organisers never undo each other:
 * what they changed apart is joined, and what they both changed is put to a choice.
 */
export class Editor {
  private readonly listeners = new Set<() => void>();
  /** The newest that the server is known to hold. */
  private stored: OrganisedShow;
  /** What the form agreed with last, field by field: what differs from it was typed here. */
  private base: Definition;
  private values: Values;
  private readonly typing = new Set<FieldName>();
  private saving: Saving = { is: 'saved', at: undefined };
  private joined = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  private failures = 0;
  private view: EditorView | undefined;

  constructor(
    private readonly api: EditorApi,
    show: OrganisedShow,
    private readonly now: () => number = Date.now,
  ) {
    this.stored = show;
    this.base = definitionIn(show);
    this.values = valuesOf(show);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): EditorView => {
    this.view ??= {
      show: this.stored,
      values: this.values,
      saving: this.saving,
      typing: new Set(this.typing),
      joined: this.joined,
      open: isOpen(this.stored),
    };
    return this.view;
  };

  /** @param typing the field that is in the middle of being typed; in a live show it is stored once it is left. */
  change(part: Partial<Values>, typing?: FieldName): void {
    this.values = { ...this.values, ...part };
    this.joined = false;
    if (typing && this.live()) this.typing.add(typing);
    if (this.saving.is === 'conflict') {
      if (this.reconcile()) this.wait();
    } else if ((this.saving.is === 'saved' || this.saving.is === 'typing') && this.typing.size > 0 && !this.dirty())
      this.saving = { is: 'typing' };
    else {
      if (this.saving.is !== 'saving' && this.saving.is !== 'offline') this.saving = { is: 'waiting' };
      this.later(restMs);
    }
    this.changed();
  }

  /** A field was left, so what stands in it is meant. Without a name: all of them. */
  leave(field?: FieldName): void {
    if (field ? !this.typing.delete(field) : this.typing.size === 0) return;
    if (!field) this.typing.clear();
    if (this.saving.is === 'conflict') this.reconcile();
    else if (this.saving.is !== 'refused') this.wait(0);
    this.changed();
  }

  /** Stores at once what waits. Settles when it is stored or cannot be. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.running;
    if (this.saving.is === 'waiting' || this.saving.is === 'offline') await this.save();
  }

  /** Tries again what was refused: somebody has signed in again, or mended what stood in its way. */
  async retry(): Promise<void> {
    if (this.saving.is !== 'refused') return;
    this.wait();
    this.changed();
    await this.flush();
  }

  /** Decides a conflict. @param mine the fields in which what was typed here holds. */
  async decide(mine: ReadonlySet<FieldName>): Promise<void> {
    if (this.saving.is !== 'conflict') return;
    const theirs = valuesOf(this.stored);
    const before = this.values;
    const taken = new Set<FieldName>();
    for (const { field } of this.saving.conflicts) {
      this.base = choose(this.base, field, memberOf(this.stored, field));
      if (mine.has(field)) continue;
      taken.add(field);
      this.values = { ...this.values, [field]: theirs[field] };
    }
    // Moments were chosen, and the clock that they are read on may be another now.
    for (const field of timeFields) {
      const moment = taken.has(field) ? this.stored[field] : instant(before, field);
      if (moment) this.values = this.withMoment(field, moment);
    }
    // What was typed in another field meanwhile may be a conflict of its own.
    if (this.reconcile()) this.wait();
    this.changed();
    await this.flush();
  }

  /** Another state of the show, from an act on it; whatever somebody else stored before comes with it. */
  became(show: OrganisedShow): void {
    if (show.version < this.stored.version) this.stored = { ...this.stored, state: show.state, phase: show.phase };
    else {
      const newer = show.version > this.stored.version;
      this.stored = show;
      if (!isOpen(show)) this.close();
      else if (newer && this.reconcile()) {
        this.joined = true;
        // What waits, or has nobody to decide any more, is stored over the new version.
        if (this.saving.is === 'conflict' || this.dirty()) this.wait();
      }
    }
    this.changed();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private live(): Live | undefined {
    return this.stored.state === 'published' ? { stored: this.stored, now: this.now() } : undefined;
  }

  private kept(): Set<FieldName> {
    return keptOf(this.values, this.live(), this.typing);
  }

  /** Nothing can be stored any more, so the form shows what is. */
  private close(): void {
    this.typing.clear();
    clearTimeout(this.timer);
    this.base = definitionIn(this.stored);
    this.values = valuesOf(this.stored);
    this.saving = { is: 'saved', at: undefined };
  }

  private dirty(): boolean {
    return !same(definitionOf(this.values, this.stored, this.kept()), definitionIn(this.stored));
  }

  /** A time of the form that stands for a moment on the clock the form has now. */
  private withMoment(field: TimeField, at: string): Values {
    const read = valuesOf({ ...definitionIn(this.stored), zone: this.values.zone, [field]: at });
    return { ...this.values, [field]: read[field], [`${field}Later`]: read[`${field}Later`] };
  }

  /**
   * Joins what stands in the form now with what the server holds. What is at fault or being typed stays as it is, and is
   * compared once it is whole. @returns false when there is something to decide first.
   */
  private reconcile(): boolean {
    const kept = this.kept();
    const mine = definitionOf(this.values, this.stored, kept);
    const { merged, conflicts } = merge(this.base, mine, definitionIn(this.stored));
    if (conflicts.length > 0) {
      this.saving = { is: 'conflict', conflicts };
      return false;
    }
    const before = valuesOf(this.base);
    const open = new Set([...kept].filter(field => !same(this.values[field], before[field])));
    this.values = valuesAfter(this.values, mine, merged, kept, open);
    let base = definitionIn(this.stored);
    for (const field of open) base = choose(base, field, memberOf(this.base, field));
    this.base = base;
    return true;
  }

  private wait(ms = restMs): void {
    this.saving = { is: 'waiting' };
    this.later(ms);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), ms);
  }

  private save(): Promise<void> {
    this.running ??= this.attempt().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async attempt(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      if (!this.reconcile()) {
        this.changed();
        return;
      }
      const values = this.values;
      const kept = this.kept();
      const definition = definitionOf(values, this.stored, kept);
      if (same(definition, definitionIn(this.stored))) {
        this.saving = this.typing.size > 0 ? { is: 'typing' } : { is: 'saved', at: this.now() };
        this.changed();
        return;
      }
      this.saving = { is: 'saving' };
      this.changed();
      try {
        const saved = await this.api.save(definition, this.stored.version);
        this.failures = 0;
        this.took(saved, definition, kept, this.values === values);
        return;
      } catch (error) {
        let refusal = refusalOf(error);
        if (refusal.code === 'Changed')
          try {
            const theirs = await this.api.show();
            if (theirs.version > this.stored.version) this.stored = theirs;
            this.joined = true;
            continue;
          } catch (lost) {
            refusal = refusalOf(lost);
          }
        this.failed(refusal);
        return;
      }
    }
    // Somebody stores quicker than we do: rest, then try anew.
    this.wait();
    this.changed();
  }

  /** @param kept what was left out of it. @param whole nothing was typed while it was under way. */
  private took(saved: OrganisedShow, definition: Definition, kept: ReadonlySet<FieldName>, whole: boolean): void {
    let base = definition;
    for (const field of kept) base = choose(base, field, memberOf(this.base, field));
    this.base = base;
    // An act on the show may have brought a newer one meanwhile.
    if (saved.version >= this.stored.version) this.stored = saved;
    if (this.reconcile()) {
      // What was typed while it was under way waits for its own rest.
      if (!whole || this.dirty()) this.wait();
      else this.saving = this.typing.size > 0 ? { is: 'typing' } : { is: 'saved', at: this.now() };
    }
    this.changed();
  }

  private failed(refusal: Refusal): void {
    if (refusal.status === 0 || refusal.status >= 500 || refusal.status === 429) {
      this.saving = { is: 'offline' };
      this.later(retryMs[Math.min(this.failures++, retryMs.length - 1)] ?? 15_000);
    } else this.saving = { is: 'refused', refusal };
    this.changed();
  }

  private changed(): void {
    this.view = undefined;
    for (const listener of this.listeners) listener();
  }
}

function isOpen(show: OrganisedShow): boolean {
  return show.state === 'draft' || show.state === 'published';
}
