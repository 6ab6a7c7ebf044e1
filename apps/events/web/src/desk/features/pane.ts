import type { DeskModel } from '../session/desk.ts';

/** Who, and what for: a time-out or a ban. */
export interface Target {
  what: 'timeout' | 'ban';
  number: number;
  name: string;
  /** Where the focus goes when it is over; the list that was worked in. */
  back?: () => void;
}

/** What the panes are given: the model, whether letters act, and the way to a person's sanction. */
export interface PaneProps {
  model: DeskModel;
  keys: boolean;
  sanction: (target: Target) => void;
}
