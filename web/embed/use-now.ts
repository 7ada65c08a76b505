import { useEffect, useState } from 'preact/hooks';

const watching = new Set<(now: number) => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The time, anew each half minute: one timer for all that is shown. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    watching.add(setNow);
    timer ??= setInterval(() => {
      for (const set of watching) set(Date.now());
    }, 30_000);
    return () => {
      watching.delete(setNow);
      if (watching.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return now;
}
