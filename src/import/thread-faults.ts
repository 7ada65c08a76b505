import type { Fault } from './faults.ts';

/** As much of a comment as its place depends on; from a document that may be wrong everywhere else. */
interface Keyed {
  readonly key?: unknown;
  readonly parentKey?: unknown;
}

/** Keys that stand in a list twice. */
export function keyFaults(items: readonly Keyed[], list: 'comments' | 'endorsements'): Fault[] {
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

/** For each comment the index of the one that it replies to; undefined for none, or none that is there. */
export function parentIndexes(comments: readonly Keyed[]): (number | undefined)[] {
  const byKey = new Map<unknown, number>();
  comments.forEach(({ key }, index) => {
    if (typeof key === 'string' && !byKey.has(key)) byKey.set(key, index);
  });
  return comments.map(({ parentKey }) => (parentKey == null ? undefined : byKey.get(parentKey)));
}

/** For each comment how deep it is nested; undefined where it hangs in a circle. */
export function depthsOf(parents: readonly (number | undefined)[]): (number | undefined)[] {
  const depths: (number | undefined)[] = [];
  const known = new Set<number>();
  parents.forEach((_, start) => {
    // A walk up instead of a recursion: documents may nest deeper than the machine's stack.
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

/** What is wrong with the keys of a document's comments and with how they hang together. */
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
