import type { Fault } from './faults.ts';

/** The fields of a comment that determine its position, from a document that may be invalid in every other respect. */
interface Keyed {
  readonly key?: unknown;
  readonly parentKey?: unknown;
  readonly authorKey?: unknown;
}

/** Faults of keys that occur twice in a list. */
export function keyFaults(items: readonly Keyed[], list: 'comments' | 'endorsements' | 'authors'): Fault[] {
  const first = new Map<string, number>();
  return items.flatMap(({ key }, index) => {
    if (typeof key !== 'string') return [];
    const before = first.get(key);
    if (before === undefined) first.set(key, index);
    return before === undefined
      ? []
      : [{ path: [list, index, 'key'], message: `is the key of ${list}[${before}] too` }];
  });
}

/** Faults of comments whose author is not in the document. */
export function authorFaults(authors: readonly Keyed[], comments: readonly Keyed[]): Fault[] {
  const known = new Set(authors.map(({ key }) => key));
  return comments.flatMap(({ authorKey }, index) =>
    typeof authorKey === 'string' && !known.has(authorKey)
      ? [{ path: ['comments', index, 'authorKey'], message: 'no such author' }]
      : [],
  );
}

/** For each comment the index of its parent; undefined without a parent, or if the parent is not in the document. */
export function parentIndexes(comments: readonly Keyed[]): (number | undefined)[] {
  const byKey = new Map<unknown, number>();
  comments.forEach(({ key }, index) => {
    if (typeof key === 'string' && !byKey.has(key)) byKey.set(key, index);
  });
  return comments.map(({ parentKey }) => (parentKey == null ? undefined : byKey.get(parentKey)));
}

/** For each comment its depth; undefined if the chain of its parents is a cycle. */
export function depthsOf(parents: readonly (number | undefined)[]): (number | undefined)[] {
  const depths: (number | undefined)[] = [];
  const known = new Set<number>();
  parents.forEach((_, start) => {
    // A loop instead of a recursion, because documents may nest deeper than the call stack allows.
    const walk: number[] = [];
    const onWalk = new Set<number>();
    let at: number | undefined = start;
    while (at !== undefined && !known.has(at) && !onWalk.has(at)) {
      walk.push(at);
      onWalk.add(at);
      at = parents[at];
    }
    const inCircle = at !== undefined && onWalk.has(at);
    let depth = at === undefined ? -1 : inCircle ? undefined : depths[at];
    for (const index of walk.reverse()) {
      if (depth !== undefined) depth += 1;
      depths[index] = depth;
      known.add(index);
    }
  });
  return depths;
}

/** Faults in the keys of a document's comments and in their parent relations. */
export function threadFaults(comments: readonly Keyed[], maxDepth: number): Fault[] {
  const parents = parentIndexes(comments);
  const depths = depthsOf(parents);
  const misplaced = comments.flatMap(({ parentKey }, index): Fault[] => {
    const path = ['comments', index, 'parentKey'];
    const depth = depths[index];
    if (typeof parentKey === 'string' && parents[index] === undefined)
      return [{ path, message: 'no such comment' }];
    if (depth === undefined) return [{ path, message: 'replies to itself in a circle' }];
    return depth > maxDepth ? [{ path, message: `nests deeper than ${maxDepth}` }] : [];
  });
  return [...keyFaults(comments, 'comments'), ...misplaced];
}
