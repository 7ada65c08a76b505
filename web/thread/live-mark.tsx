import { useEffect, useState, useSyncExternalStore } from 'react';
import { texts } from '../texts.ts';
import { type Discussion } from './discussion.ts';

/** How long something must last to be said aloud, in milliseconds: a drop of a second is nobody's business. */
const announceAfterMs = 3_000;

/** What the connection is doing; for ears, only what lasts, and how many comments have gathered once they stop coming. */
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
