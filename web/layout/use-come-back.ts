import { useEffect } from 'react';

/** Wait after an event, in milliseconds: one return has several of them. */
const settleMs = 200;

/**
 * Calls when the reader comes back to the page: to its window, to its tab, or by the browser's back button to the page
 * as it was left.
 * @param onComeBack another function is another subscription
 */
export function useComeBack(onComeBack: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const note = () => {
      if (document.hidden) return;
      timer ??= setTimeout(() => {
        timer = undefined;
        onComeBack();
      }, settleMs);
    };
    const onShow = ({ persisted }: PageTransitionEvent) => persisted && note();
    document.addEventListener('visibilitychange', note);
    addEventListener('focus', note);
    addEventListener('pageshow', onShow);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', note);
      removeEventListener('focus', note);
      removeEventListener('pageshow', onShow);
    };
  }, [onComeBack]);
}
