import { useEffect } from 'react';
import { type OwnPledgeFragment } from '../graphql/generated/graphql.ts';

/** Pauses before a pledge that waits for the provider is read again, in milliseconds: the first and the longest. */
const pauses = { first: 1_500, longest: 20_000 };

/** States that change without an event of the log. */
export const isWaiting = ({ status, setupUrl }: Pick<OwnPledgeFragment, 'status' | 'setupUrl'>): boolean =>
  status === 'SETUP' || status === 'DUE' || (status === 'ACTION_REQUIRED' && setupUrl !== null);

/**
 * Reads pledges again while one of them waits for the provider, more and more rarely.
 * @param waiting names those that wait, and their states; empty: none does
 */
export function useWaiting(waiting: string, readAgain: () => void): void {
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
  }, [waiting, readAgain]);
}

/** Reads pledges again when the browser shows the page as it was left, back from the provider's page. */
export function useReturn(readAgain: () => void): void {
  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent) => persisted && readAgain();
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, [readAgain]);
}
