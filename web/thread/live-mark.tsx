import { useEffect, useState, useSyncExternalStore } from 'react';
import { texts } from '../texts.ts';
import { type Discussion } from './discussion.ts';

/** How long a state must last to be announced, in milliseconds: an interruption of a second is not worth it. */
const announceAfterMs = 3_000;

/**
 * The state of the connection. Screen readers are told only of lasting states, and the number of gathered comments once
 * it stops changing.
 */
export function LiveMark({
  discussion,
  gathered,
}: {
  readonly discussion: Discussion;
  readonly gathered: number;
}) {
  const state = useSyncExternalStore(discussion.subscribeState, discussion.state);
  const { status } = state;
  const label = status === 'ended' ? texts.ends[state.because] : texts.states[status];
  const connection = status === 'live' ? '' : label;
  const news = gathered > 0 ? texts.newCommentsAt(gathered) : '';
  const said = useSettled([connection, news].filter((text) => text !== '').join(' '), announceAfterMs);
  return (
    <>
      <span className={`live-mark is-${status}`} aria-hidden="true">
        {label}
      </span>
      <span className="visually-hidden" role="status">
        {said}
      </span>
    </>
  );
}

/** A value once it has stayed the same for a while. */
function useSettled(value: string, afterMs: number): string {
  const [settled, setSettled] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}
