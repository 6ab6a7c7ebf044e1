/** The partials of a bell: how high above the strike note, how loud, and how long each rings, in seconds. */
const partials = [
  [0.5, 0.5, 2.4],
  [1, 0.7, 1.8],
  [1.2, 0.35, 1.3],
  [1.5, 0.25, 1.1],
  [2, 0.4, 0.9],
  [2.67, 0.15, 0.5],
] as const;

/** Rings one bell, so that a fan hears whether their sound is on. @returns false when the browser has no sound. */
export async function ring(): Promise<boolean> {
  try {
    const audio = new AudioContext();
    await audio.resume();
    const out = audio.createGain();
    out.gain.value = 0.25;
    out.connect(audio.destination);
    const now = audio.currentTime;
    for (const [ratio, loud, seconds] of partials) {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      tone.frequency.value = 440 * ratio;
      gain.gain.setValueAtTime(loud, now);
      gain.gain.exponentialRampToValueAtTime(0.0001, now + seconds);
      tone.connect(gain).connect(out);
      tone.start(now);
      tone.stop(now + seconds);
    }
    setTimeout(() => void audio.close(), 2600);
    return true;
  } catch {
    return false;
  }
}
