import { type Reader } from '../session/session.ts';
import { Discussion, type DiscussionOptions } from './discussion.ts';

/** How many are kept: going back and forth between a few articles is usual. */
const maxKept = 5;

const kept = new WeakMap<Reader, Map<string, Discussion>>();

/**
 * The discussion that was left here, as it was left: going back finds the same comments loaded and folded, and what happened
 * meanwhile comes as events. Another reader begins anew.
 */
export function discussionOf(options: DiscussionOptions): Discussion {
  const { reader, article, root, sort } = options;
  let discussions = kept.get(reader);
  if (!discussions) {
    const own = new Map<string, Discussion>();
    reader.subscribe(() => own.clear());
    kept.set(reader, own);
    discussions = own;
  }
  const name = [article.id, root?.id, sort].join();
  const discussion = discussions.get(name) ?? new Discussion(options);
  // The one that was left longest ago comes first.
  discussions.delete(name);
  discussions.set(name, discussion);
  const [oldest] = discussions.keys();
  if (discussions.size > maxKept && oldest !== undefined) discussions.delete(oldest);
  return discussion;
}
