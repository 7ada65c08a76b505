import { pathElement } from '../../platform/db/ordinal.ts';
import type { CommentAuthorColumns } from './author-import.queries.ts';
import type { PlannedComment } from './comment-plan.ts';
import type { ThreadComment } from './thread-input.ts';

/** A new comment with all data for its insertion. */
export interface PlacedComment {
  readonly comment: ThreadComment;
  readonly author: CommentAuthorColumns;
  /** Position in the document. */
  readonly index: number;
  readonly id: string;
  readonly parentId: string | null;
  readonly rootId: string;
  readonly depth: number;
  readonly ordinal: bigint;
  readonly path: Buffer;
  readonly replies: Replies;
}

/** Numbers of new comments below a comment. */
export interface Replies {
  /** Direct replies that are published. */
  published: number;
  /** Direct replies, including tombstones. */
  listed: number;
  /** Published comments at any depth; counted for the first comment of a thread only. */
  descendants: number;
}

/** New comments with their ids, and the increments of the counts of existing comments above them, by id. */
export interface Placed {
  readonly comments: readonly PlacedComment[];
  readonly grown: ReadonlyMap<string, Replies>;
}

const noPath = Buffer.alloc(0);

const noReplies = (): Replies => ({ published: 0, listed: 0, descendants: 0 });

function requirePath(paths: ReadonlyMap<string, Buffer>, id: string): Buffer {
  const path = paths.get(id);
  if (!path) throw new Error(`Comment ${id} has no path`);
  return path;
}

/**
 * Assigns ids to new comments, in the order of the document, and computes their paths and counts.
 * @param ids one id for each comment
 * @param paths those of existing comments that get replies
 */
export function placeAdded(
  added: readonly PlannedComment[],
  ids: readonly string[],
  paths: ReadonlyMap<string, Buffer>,
): Placed {
  const placed = new Map<PlannedComment, PlacedComment>();
  const byId = new Map<string, Replies>();
  const grown = new Map<string, Replies>();
  const repliesOf = (id: string): Replies => {
    let replies = byId.get(id) ?? grown.get(id);
    if (!replies) grown.set(id, (replies = noReplies()));
    return replies;
  };
  const inDocumentOrder = [...added].sort((a, b) => a.index - b.index);
  const idOf = new Map(inDocumentOrder.map((item, rank) => [item, ids[rank]]));
  for (const item of added) {
    const { comment, author, index, ordinal } = item;
    const id = idOf.get(item);
    if (id === undefined) throw new RangeError('Too few ids');
    const parent = item.parent && 'id' in item.parent ? item.parent : item.parent && placed.get(item.parent);
    const above = parent && ('path' in parent ? parent.path : requirePath(paths, parent.id));
    const own: PlacedComment = {
      comment,
      author,
      index,
      id,
      parentId: parent?.id ?? null,
      rootId: parent?.rootId ?? id,
      depth: parent ? parent.depth + 1 : 0,
      ordinal,
      path: Buffer.concat([above ?? noPath, pathElement(ordinal, !parent)]),
      replies: noReplies(),
    };
    placed.set(item, own);
    byId.set(id, own.replies);
    if (!parent) continue;
    const published = comment.state === 'SHOWN' ? 1 : 0;
    const replies = repliesOf(parent.id);
    replies.listed += 1;
    replies.published += published;
    repliesOf(own.rootId).descendants += published;
  }
  return { comments: [...placed.values()], grown };
}
