import { useEffect, useState } from 'react';

/** The time, read again each `everyMs` while `on`; the one clock of what counts down. */
export function useNow(everyMs = 500, on = true): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!on) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, on]);
  return now;
}
