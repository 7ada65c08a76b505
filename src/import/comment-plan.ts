import { pathElement } from '../db/ordinal.ts';
import { formatPartialDateTime, type Precision } from '../time/partial-date-time.ts';
import type { CommentStatus } from '../comment/comment.policy.ts';
import type { ImportedComment } from './document.ts';
import type { Fault } from './faults.ts';
import { Ordinals } from './ordinals.ts';
import { byKey } from './own-key.ts';
import { depthsOf, parentIndexes } from './thread-faults.ts';

/** An existing comment of the article, in any status. */
export interface PresentComment {
  readonly id: string;
  readonly importKey: string | null;
  readonly parentId: string | null;
  readonly rootId: string;
  readonly depth: number;
  readonly ordinal: string;
  readonly path: Buffer;
  readonly status: CommentStatus;
  readonly listed: boolean;
  readonly accountId: string | null;
  readonly authorName: string | null;
  readonly bodyMarkdown: string;
  readonly createdAt: Date;
  readonly createdPrecision: Precision;
}

/** The changes that a document makes to an article's thread. */
export interface CommentPlan {
  /** Parents before their replies. */
  readonly added: readonly PlannedComment[];
  /** Number of comments that are left out because the comment above them is not listed here. */
  readonly leftOut: number;
  readonly edited: readonly {
    readonly present: PresentComment;
    readonly markdown: string;
    /** Position in the document. */
    readonly index: number;
  }[];
  readonly renamed: readonly { readonly present: PresentComment; readonly authorName: string | null }[];
  readonly removed: readonly PresentComment[];
}

/** A new comment and its parent: another new comment, an existing one, or undefined for the article itself. */
export interface PlannedComment {
  readonly comment: ImportedComment;
  /** Position in the document. */
  readonly index: number;
  readonly ordinal: bigint;
  readonly parent: PlannedComment | PresentComment | undefined;
}

/** Conflicts between the document and data that cannot be changed here. */
function conflicts(
  comments: readonly ImportedComment[],
  parents: readonly (number | undefined)[],
  present: readonly (PresentComment | undefined)[],
): Fault[] {
  const keyOf = new Map(present.map((row, index) => [row?.id, comments[index]?.key]));
  const seen = new Map<string, number>();
  return present.flatMap((row, index): Fault[] => {
    const comment = comments[index];
    if (!row || !comment) return [];
    const before = seen.get(row.id);
    if (before !== undefined)
      return [{ path: ['comments', index, 'key'], message: `is the same comment as comments[${before}]` }];
    seen.set(row.id, index);
    const faults: Fault[] = [];
    const parent = parents[index];
    const parentId = parent === undefined ? null : (present[parent]?.id ?? undefined);
    if (parentId !== row.parentId) {
      const here =
        row.parentId === null ? 'no reply' : `a reply to ${keyOf.get(row.parentId) ?? 'another comment'}`;
      const path = ['comments', index, 'parentKey'];
      faults.push({ path, message: `the comment is ${here} here, and comments don't move` });
    }
    const { at, precision } = comment.createdAt;
    if (row.createdAt.getTime() !== at.getTime() || row.createdPrecision !== precision) {
      const here = formatPartialDateTime({ at: row.createdAt, precision: row.createdPrecision });
      const path = ['comments', index, 'createdAt'];
      faults.push({ path, message: `is ${here} here, and a comment keeps its place` });
    }
    return faults;
  });
}

/**
 * Compares a document's comments with those of the article. Comments that an account wrote here and comments that were
 * removed here are not changed.
 * @param comments validated comments: the keys are unique, and no comment is its own ancestor
 */
export function planComments(
  comments: readonly ImportedComment[],
  presentComments: readonly PresentComment[],
): CommentPlan | { readonly faults: readonly Fault[] } {
  const known = byKey(presentComments);
  const present = comments.map(({ key }) => known.get(key));
  const parents = parentIndexes(comments);
  const faults = conflicts(comments, parents, present);
  if (faults.length > 0) return { faults };

  const ordinals = new Ordinals(presentComments.map((row) => BigInt(row.ordinal))).place(
    comments.map(({ createdAt: { at } }, index) => {
      const ordinal = present[index]?.ordinal;
      return { at, ordinal: ordinal === undefined ? undefined : BigInt(ordinal) };
    }),
  );
  const { added, leftOut } = hang(comments, parents, present, ordinals);
  const changeable = comments.flatMap((comment, index) => {
    const row = present[index];
    // A document cannot change a comment that was written here, not even after its author was erased: an old export
    // still has the name.
    return row?.status === 'PUBLISHED' && row.importKey !== null ? [{ comment, present: row, index }] : [];
  });
  return {
    added,
    leftOut,
    edited: changeable.flatMap(({ comment: { markdown }, present: row, index }) =>
      markdown !== null && markdown !== row.bodyMarkdown ? [{ present: row, markdown, index }] : [],
    ),
    renamed: changeable.flatMap(({ comment: { authorName, markdown }, present: row }) =>
      markdown !== null && authorName !== undefined && authorName !== row.authorName
        ? [{ present: row, authorName }]
        : [],
    ),
    removed: changeable.flatMap(({ comment, present: row }) => (comment.markdown === null ? [row] : [])),
  };
}

/** Assigns the new comments to their parents, level by level. */
function hang(
  comments: readonly ImportedComment[],
  parents: readonly (number | undefined)[],
  present: readonly (PresentComment | undefined)[],
  ordinals: readonly bigint[],
): Pick<CommentPlan, 'added' | 'leftOut'> {
  const depths = depthsOf(parents);
  const news = comments.flatMap((comment, index) => {
    const [ordinal, depth] = [ordinals[index], depths[index]];
    if (present[index] || ordinal === undefined || depth === undefined) return [];
    return [{ comment, index, ordinal, depth }];
  });
  news.sort((a, b) => a.depth - b.depth || (a.ordinal < b.ordinal ? -1 : 1));
  const added = new Map<number, PlannedComment>();
  for (const { comment, index, ordinal } of news) {
    const parentIndex = parents[index];
    if (parentIndex === undefined) {
      added.set(index, { comment, index, ordinal, parent: undefined });
      continue;
    }
    const above = present[parentIndex];
    // A comment that is pending, rejected or removed without a tombstone is not in the thread, so its replies could not
    // be shown.
    const parent = above?.listed ? above : added.get(parentIndex);
    if (parent) added.set(index, { comment, index, ordinal, parent });
  }
  return { added: [...added.values()], leftOut: news.length - added.size };
}

/** A new comment with all data for its insertion. */
export interface PlacedComment {
  readonly comment: ImportedComment;
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

const noReplies = (): Replies => ({ published: 0, listed: 0, descendants: 0 });

/**
 * Assigns ids to new comments, in the order of the document, and computes their paths and counts.
 * @param ids one id for each comment
 */
export function placeAdded(added: readonly PlannedComment[], ids: readonly string[]): Placed {
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
    const { comment, index, ordinal } = item;
    const id = idOf.get(item);
    if (id === undefined) throw new RangeError('Too few ids');
    const parent = item.parent && 'id' in item.parent ? item.parent : item.parent && placed.get(item.parent);
    const own: PlacedComment = {
      comment,
      index,
      id,
      parentId: parent?.id ?? null,
      rootId: parent?.rootId ?? id,
      depth: parent ? parent.depth + 1 : 0,
      ordinal,
      path: Buffer.concat([parent?.path ?? Buffer.alloc(0), pathElement(ordinal, !parent)]),
      replies: noReplies(),
    };
    placed.set(item, own);
    byId.set(id, own.replies);
    if (!parent) continue;
    const published = comment.markdown === null ? 0 : 1;
    const above = repliesOf(parent.id);
    above.listed += 1;
    above.published += published;
    repliesOf(own.rootId).descendants += published;
  }
  return { comments: [...placed.values()], grown };
}
