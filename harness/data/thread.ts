import { ordinalOf, pathElement } from '../../src/platform/db/ordinal.ts';
import type { Random } from '../random.ts';

/** A comment with its position and its counts; text and author are numbers. */
export interface MadeComment {
  readonly articleId: number;
  /** Assigned once all comments of all articles are in chronological order. */
  id: number;
  readonly parent: MadeComment | undefined;
  readonly root: MadeComment | undefined;
  readonly depth: number;
  readonly at: Date;
  readonly ordinal: bigint;
  readonly path: Buffer;
  readonly accountId: number;
  readonly text: number;
  replies: number;
  descendants: number;
}

export interface ThreadOptions {
  readonly articleId: number;
  readonly publishedAt: Date;
  readonly comments: number;
  /** Upper bound of the comments in a thread. */
  readonly longest: number;
  readonly pickAccount: () => number;
  readonly pickText: () => number;
}

const maxDepth = 60;

/**
 * The comments of one article, oldest first. Every thread except the first has a root comment with at least three
 * replies, so that a page of comments with replies is full wherever there are enough of them; further comments reply to
 * any earlier one, often to the last, as in a quarrel.
 */
export function growThreads(random: Random, options: ThreadOptions): MadeComment[] {
  const made: MadeComment[] = [];
  const taken = new Set<number>();
  let opened = options.publishedAt.getTime();

  const add = (parent: MadeComment | undefined, wanted: number): MadeComment => {
    let time = wanted;
    while (taken.has(time)) time += 1;
    taken.add(time);
    const at = new Date(time);
    const ordinal = ordinalOf(at, 0);
    const root = parent && (parent.root ?? parent);
    const comment: MadeComment = {
      articleId: options.articleId,
      id: 0,
      parent,
      root,
      depth: parent ? parent.depth + 1 : 0,
      at,
      ordinal,
      path: Buffer.concat([parent?.path ?? Buffer.alloc(0), pathElement(ordinal, !parent)]),
      accountId: options.pickAccount(),
      text: options.pickText(),
      replies: 0,
      descendants: 0,
    };
    if (parent) parent.replies += 1;
    if (root) root.descendants += 1;
    made.push(comment);
    return comment;
  };

  const sizes = threadSizes(random, options.comments, options.longest);
  for (const size of sizes) {
    opened += 1000 + Math.floor(random.next() * 600_000);
    const thread = [add(undefined, opened)];
    for (let count = 1; count < size; count++) {
      const last = thread[thread.length - 1];
      const chosen = count <= 3 ? thread[0] : random.chance(0.4) ? last : random.pick(thread);
      const parent = chosen && chosen.depth < maxDepth ? chosen : thread[0];
      const after = last?.at.getTime() ?? opened;
      thread.push(add(parent, after + 500 + Math.floor(random.next() * 900_000)));
    }
  }
  return made;
}

/** The remainder becomes the oldest thread. */
function threadSizes(random: Random, comments: number, longest: number): number[] {
  const sizes: number[] = [];
  let left = comments;
  while (left > 0) {
    const size = Math.min(left, 4 + Math.floor(random.next() ** 3 * (longest - 4)));
    sizes.push(size);
    left -= size;
  }
  return sizes.reverse();
}
