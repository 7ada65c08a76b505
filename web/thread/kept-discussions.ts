import { useMemo } from 'react';
import { isComeBack } from '../layout/navigation.ts';
import { perReader } from '../session/per-reader.ts';
import { useReader } from '../session/reader-context.ts';
import { type Reader } from '../session/session.ts';
import { type Discussion } from './discussion.ts';
import { type ThreadSort } from './thread-entry.ts';

/** How many are kept: going back and forth between a few articles is usual. */
const maxKept = 5;

/** What is discussed, and in which order it stands. */
export interface Place {
  readonly slug: string;
  /** The comment whose replies are discussed; absent: the whole thread. */
  readonly rootId?: string;
  readonly sort: ThreadSort;
}

const nameOf = ({ slug, rootId, sort }: Place): string => [slug, rootId, sort].join();

/** The discussions that one reader has left; after signing in or out all begin anew. */
const keptOf = perReader(
  () => new Map<string, Discussion>(),
  (kept) => kept.clear(),
);

/**
 * The discussion that was left here, as it was left: going back finds the same comments loaded and folded, and what happened
 * meanwhile comes as events. Whoever comes by a link finds the page as it begins.
 * @param policy of `useSnapshotPolicy`
 * @param begin makes one where none goes on
 */
export function discussionOf(
  reader: Reader,
  place: Place,
  policy: SnapshotPolicy,
  begin: () => Discussion,
): Discussion {
  const discussions = keptOf(reader);
  const name = nameOf(place);
  const known = policy === 'cache-first' ? discussions.get(name) : undefined;
  const discussion = known ?? begin();
  // The one that was left longest ago comes first.
  discussions.delete(name);
  discussions.set(name, discussion);
  const [oldest] = discussions.keys();
  if (discussions.size > maxKept && oldest !== undefined) discussions.delete(oldest);
  return discussion;
}

export type SnapshotPolicy = 'cache-first' | 'network-only';

// #region policy
/**
 * For the query that a discussion begins with. Comments and cursor must be of one answer: in the cache they would be of
 * whatever queries came last. Only where a discussion goes on, with what it has, the rest of its page may be known as well.
 */
export function useSnapshotPolicy(place: Place): SnapshotPolicy {
  const reader = useReader();
  const name = nameOf(place);
  return useMemo(
    () => (isComeBack() && keptOf(reader).has(name) ? 'cache-first' : 'network-only'),
    [reader, name],
  );
}
// #endregion policy
