import { type Refusal, refusalOf } from '../../shared/http.ts';
import type { Definition, OrganisedShow } from '../../staff/session/types.ts';
import {
  type Conflict,
  choose,
  definitionIn,
  definitionOf,
  faultsOf,
  type FieldName,
  merge,
  same,
  type Values,
  valuesOf,
} from './definition.ts';

/** Where the form stands with the server. */
export type Saving =
  /** Everything that can be stored is; `at` in milliseconds, undefined when nothing was changed here yet. */
  | { is: 'saved'; at: number | undefined }
  | { is: 'waiting' }
  | { is: 'saving' }
  /** No answer came; tries again by itself. What was typed is kept. */
  | { is: 'offline' }
  /** Somebody else changed the same; waits for a choice. */
  | { is: 'conflict'; conflicts: Conflict[]; theirs: OrganisedShow; merged: Definition }
  /** The server says no; trying again as it is would be no use. */
  | { is: 'refused'; refusal: Refusal };

export interface EditorView {
  show: OrganisedShow;
  values: Values;
  saving: Saving;
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
  private stored: OrganisedShow;
  private values: Values;
  private saving: Saving = { is: 'saved', at: undefined };
  private joined = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | undefined;
  private failures = 0;
  private view: EditorView | undefined;

  constructor(
    private readonly api: EditorApi,
    show: OrganisedShow,
  ) {
    this.stored = show;
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
      joined: this.joined,
      open: this.stored.state === 'draft' || this.stored.state === 'published',
    };
    return this.view;
  };

  change(part: Partial<Values>): void {
    this.values = { ...this.values, ...part };
    this.joined = false;
    if (this.saving.is !== 'conflict') {
      if (this.saving.is !== 'saving' && this.saving.is !== 'offline') this.saving = { is: 'waiting' };
      this.later(restMs);
    }
    this.changed();
  }

  /** Stores at once what waits. Settles when it is stored or cannot be. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.running;
    if (this.saving.is === 'waiting' || this.saving.is === 'offline') await this.save();
  }

  /** Decides a conflict. @param mine the fields in which what was typed here holds. */
  async decide(mine: ReadonlySet<FieldName>): Promise<void> {
    if (this.saving.is !== 'conflict') return;
    const { conflicts, theirs, merged } = this.saving;
    let definition = merged;
    for (const { field, theirs: value } of conflicts)
      if (!mine.has(field)) definition = choose(definition, field, value);
    this.take(theirs, definition);
    this.saving = { is: 'waiting' };
    this.changed();
    await this.flush();
  }

  /** Another state of the show, from an act on it. */
  became(show: OrganisedShow): void {
    this.stored = show;
    this.changed();
  }

  stop(): void {
    clearTimeout(this.timer);
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
      const values = this.values;
      const definition = definitionOf(values, this.stored);
      if (same(definition, definitionIn(this.stored))) {
        this.saving = { is: 'saved', at: Date.now() };
        this.changed();
        return;
      }
      this.saving = { is: 'saving' };
      this.changed();
      try {
        this.stored = await this.api.save(definition, this.stored.version);
        this.failures = 0;
        // What was typed while it was under way waits for its own rest.
        if (this.values === values) this.saving = { is: 'saved', at: Date.now() };
        else {
          this.saving = { is: 'waiting' };
          this.later(restMs);
        }
        this.changed();
        return;
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal.code === 'Changed') {
          if (!(await this.join(definition))) return;
        } else {
          this.failed(refusal);
          return;
        }
      }
    }
    // Somebody stores quicker than we do: rest, then try anew.
    this.saving = { is: 'waiting' };
    this.later(restMs);
    this.changed();
  }

  /** @returns true when there is nothing to decide and the next attempt may begin. */
  private async join(mine: Definition): Promise<boolean> {
    let theirs: OrganisedShow;
    try {
      theirs = await this.api.show();
    } catch (error) {
      this.failed(refusalOf(error));
      return false;
    }
    const { merged, conflicts } = merge(definitionIn(this.stored), mine, definitionIn(theirs));
    if (conflicts.length > 0) {
      this.saving = { is: 'conflict', conflicts, theirs, merged };
      this.changed();
      return false;
    }
    this.take(theirs, merged);
    this.joined = true;
    return true;
  }

  /** Takes what was joined, but never over a field that is at fault: that text exists nowhere else. */
  private take(theirs: OrganisedShow, definition: Definition): void {
    const wrong = faultsOf(this.values).map(f => f.field);
    const kept = Object.fromEntries(wrong.map(field => [field, this.values[field]]));
    this.stored = theirs;
    this.values = { ...valuesOf(definition), ...kept };
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
