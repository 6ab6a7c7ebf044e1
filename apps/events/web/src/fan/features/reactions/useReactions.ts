import { useEffect, useState } from 'react';
import type { ShowModel } from '../../session/show.ts';
import { Reactions } from './reactions.ts';

const key = 'carillon-reactions';

/** The room's reactions; whether they rise is the fan's choice, and never where stillness was asked for. */
export function useReactions(model: ShowModel, kinds: number): Reactions {
  const [reactions] = useState(() => new Reactions(kinds, (k, n) => model.react(k, n), wanted()));
  useEffect(() => {
    const off = model.onFrame(frame => {
      if (frame.t === 'reactions') reactions.tick(frame.counts);
    });
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    const changed = () => reactions.setMoving(wanted());
    still.addEventListener('change', changed);
    return () => {
      off();
      still.removeEventListener('change', changed);
      reactions.stop();
    };
  }, [model, reactions]);
  return reactions;
}

export function setWanted(reactions: Reactions, moving: boolean): void {
  reactions.setMoving(moving);
  try {
    localStorage.setItem(key, moving ? 'on' : 'off');
  } catch {
    // Without storage the choice holds until the page is left.
  }
}

function wanted(): boolean {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return false;
  try {
    return localStorage.getItem(key) !== 'off';
  } catch {
    return true;
  }
}
