import { useMemo } from 'react';
import { isComeBack } from '../layout/navigation.ts';
import { commentToOpen } from '../layout/reading-place.ts';
import { perReader } from '../session/per-reader.ts';
import { useReader } from '../session/reader-context.ts';
import { type Reader } from '../session/session.ts';
import type { Discussion } from './discussion.ts';
import { type ThreadSort } from './thread-entry.ts';

/** Number of kept discussions: readers go back and forth between a few articles. */
const maxKept = 5;

/** The subject of a discussion, and the order of its comments. */
export interface Place {
  readonly slug: string;
  /** The comment whose replies are discussed; absent: the whole thread. */
  readonly rootId?: string;
  readonly sort: ThreadSort;
}

const nameOf = ({ slug, rootId, sort }: Place): string => [slug, rootId, sort].join();

/** The discussions that one reader has left; signing in or out clears them. */
const keptOf = perReader(
  () => new Map<string, Discussion>(),
  (kept) => kept.clear(),
);

/**
 * The discussion that was left here, in the same state: after going back, the same comments are loaded and folded, and
 * missed events arrive. A visit by a link starts a new one.
 * @param policy of `useOpening`
 * @param begin creates a discussion where none is continued
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
  // Inserting it again keeps the map in order of use, the least recent first.
  discussions.delete(name);
  discussions.set(name, discussion);
  const [oldest] = discussions.keys();
  if (discussions.size > maxKept && oldest !== undefined) discussions.delete(oldest);
  return discussion;
}

export type SnapshotPolicy = 'cache-first' | 'network-only';

// #region policy
/**
 * Fetch policy of a discussion's first query, and the comment around which it loads. Comments and cursor must come from the
 * same response: in the cache they would come from the latest queries, whichever these were. Only where a kept
 * discussion is continued may the rest of the page come from the cache.
 */
export function useOpening(place: Place): {
  readonly policy: SnapshotPolicy;
  readonly around: string | undefined;
} {
  const reader = useReader();
  const name = nameOf(place);
  return useMemo(() => {
    const kept = isComeBack() ? keptOf(reader).get(name) : undefined;
    return kept
      ? { policy: 'cache-first', around: kept.around }
      : { policy: 'network-only', around: commentToOpen() };
  }, [reader, name]);
}
// #endregion policy
