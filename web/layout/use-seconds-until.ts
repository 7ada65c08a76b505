import { useCallback, useSyncExternalStore } from 'react';

const secondsUntil = (time: string | undefined): number =>
  time === undefined ? 0 : Math.max(0, Math.ceil((Date.parse(time) - Date.now()) / 1000));

/** Whole seconds until an instant, counted down; 0: it has passed, or there is none. */
export function useSecondsUntil(time: string | undefined): number {
  const subscribe = useCallback(
    (tell: () => void) => {
      if (secondsUntil(time) === 0) return () => undefined;
      const timer = setInterval(() => {
        if (secondsUntil(time) === 0) clearInterval(timer);
        tell();
      }, 1_000);
      return () => clearInterval(timer);
    },
    [time],
  );
  return useSyncExternalStore(subscribe, () => secondsUntil(time));
}
