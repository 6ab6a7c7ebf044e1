import { useEffect } from 'react';
import type { DeskModel } from '../../session/desk.ts';

/** Not more often than this, however much is held, in milliseconds. */
const spacingMs = 4000;

/** One quiet tone when something begins to wait. */
export function useChime(model: DeskModel, on: boolean): void {
  useEffect(() => {
    if (!on) return;
    let last = Number.NEGATIVE_INFINITY;
    return model.onFrame(frame => {
      if (frame.t !== 'held' || performance.now() - last < spacingMs) return;
      last = performance.now();
      chime();
    });
  }, [model, on]);
}

function chime(): void {
  try {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    const now = audio.currentTime;
    tone.frequency.value = 660;
    gain.gain.setValueAtTime(0.06, now);
    gain.gain.exponentialRampToValueAtTime(0.0001, now + 0.7);
    tone.connect(gain).connect(audio.destination);
    tone.start(now);
    tone.stop(now + 0.7);
    tone.onended = () => void audio.close();
  } catch {
    // A browser without sound has the number in the pane's title.
  }
}
