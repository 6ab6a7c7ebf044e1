import { useAnnounce } from '@carillon/web-kit';
import { useEffect } from 'react';
import type { DeskModel } from '../session/desk.ts';
import { type Deed, deedsWords } from '../session/words.ts';

/** What others do is gathered for so long, so that a flood of it is one sentence, in milliseconds. */
const gatherMs = 2000;

/** Tells a screen reader what colleagues have removed and whom they have sent away; the eye has the rows and the log. */
export function useColleagues(model: DeskModel, me: string): void {
  const announce = useAnnounce();
  useEffect(() => {
    let deeds: Deed[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = model.onFrame(frame => {
      if (frame.t !== 'removed' && frame.t !== 'person') return;
      if (!frame.by || frame.by === me) return;
      deeds.push({ by: frame.by, what: frame.t === 'removed' ? 'removed' : frame.state });
      timer ??= setTimeout(() => {
        timer = undefined;
        announce(deedsWords(deeds));
        deeds = [];
      }, gatherMs);
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, [model, me, announce]);
}
