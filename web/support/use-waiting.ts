import { useEffect } from 'react';
import { type OwnPledgeFragment } from '../graphql/generated/graphql.ts';

/** Pauses before pledges are read again, in milliseconds: the first and the longest. */
interface Pauses {
  readonly first: number;
  readonly longest: number;
}

/** While a pledge waits for the provider. */
const waitingPauses: Pauses = { first: 1_500, longest: 20_000 };

/** While a pledge may change by what others do: its goal is reached, or its payment is given back or disputed. */
export const openPauses: Pauses = { first: 30_000, longest: 120_000 };

/** States that change without an event of the log. */
export const isWaiting = ({ status, setupUrl }: Pick<OwnPledgeFragment, 'status' | 'setupUrl'>): boolean =>
  status === 'SETUP' || status === 'DUE' || (status === 'ACTION_REQUIRED' && setupUrl !== null);

/**
 * Reads pledges again while one of them may change, more and more rarely, and never while the page is hidden.
 * @param waiting names those that may change, and their states; empty: none does
 */
export function useWaiting(waiting: string, readAgain: () => void, pauses = waitingPauses): void {
  useEffect(() => {
    if (waiting === '') return;
    let pause = pauses.first;
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      timer = setTimeout(() => {
        if (!document.hidden) readAgain();
        next();
      }, pause);
      pause = Math.min(pause * 1.5, pauses.longest);
    };
    next();
    return () => clearTimeout(timer);
  }, [waiting, readAgain, pauses]);
}

/** Reads pledges again when the browser shows the page as it was left, back from the provider's page. */
export function useReturn(readAgain: () => void): void {
  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent) => persisted && readAgain();
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, [readAgain]);
}
