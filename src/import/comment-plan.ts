import { pathElement } from '../db/ordinal.ts';
import { formatPartialDateTime, type Precision } from '../time/partial-date-time.ts';
import type { CommentStatus } from '../comment/comment.policy.ts';
import type { ImportedComment } from './document.ts';
import type { Fault } from './faults.ts';
import { Ordinals } from './ordinals.ts';
import { byKey } from './own-key.ts';
import { depthsOf, parentIndexes } from './thread-faults.ts';

/** A comment that the article has, in whatever state. */
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

/** What a document changes in an article's thread. */
export interface CommentPlan {
  /** Parents before their replies. */
  readonly added: readonly AddedComment[];
  /** How many replies are left out because what they reply to has vanished here. */
  readonly leftOut: number;
  readonly edited: readonly {
    readonly present: PresentComment;
    readonly markdown: string;
    /** Its place in the document. */
    readonly index: number;
  }[];
  readonly renamed: readonly { readonly present: PresentComment; readonly authorName: string | null }[];
  readonly removed: readonly PresentComment[];
}

/** A new comment and where it hangs: under another new one, one that is there, or the article itself. */
export interface AddedComment {
  readonly comment: ImportedComment;
  /** Its place in the document. */
  readonly index: number;
  readonly ordinal: bigint;
  readonly parent: AddedComment | PresentComment | undefined;
}

/** Where the document disagrees with what can't change here. */
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
 * Compares a document's comments with those of the article. What an account wrote here is its own, and what was removed
 * here stays removed: neither is changed.
 * @param comments checked: the keys are unique and nothing hangs in a circle
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
    // What was written here is no document's to change, also once its author was erased: an old export has the name.
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

/** Hangs the new comments in their places, level by level. */
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
  const added = new Map<number, AddedComment>();
  for (const { comment, index, ordinal } of news) {
    const parentIndex = parents[index];
    if (parentIndex === undefined) {
      added.set(index, { comment, index, ordinal, parent: undefined });
      continue;
    }
    const above = present[parentIndex];
    // What waits, was rejected or has vanished is in nobody's thread: a reply to it would hang in the air.
    const parent = above?.listed ? above : added.get(parentIndex);
    if (parent) added.set(index, { comment, index, ordinal, parent });
  }
  return { added: [...added.values()], leftOut: news.length - added.size };
}

/** A new comment as it is written. */
export interface PlacedComment {
  readonly comment: ImportedComment;
  /** Its place in the document. */
  readonly index: number;
  readonly id: string;
  readonly parentId: string | null;
  readonly rootId: string;
  readonly depth: number;
  readonly ordinal: bigint;
  readonly path: Buffer;
  readonly replies: Replies;
}

/** What hangs under a comment and is new. */
export interface Replies {
  /** Direct ones that are published. */
  published: number;
  /** Direct ones, tombstones among them. */
  listed: number;
  /** With a thread's first comment only: published ones at any depth. */
  descendants: number;
}

/** New comments with their ids, and by how much the counts of those above them grow that are there already. */
export interface Placed {
  readonly comments: readonly PlacedComment[];
  readonly grown: ReadonlyMap<string, Replies>;
}

const noReplies = (): Replies => ({ published: 0, listed: 0, descendants: 0 });

/**
 * Gives new comments their ids, in the order of the document, and their paths, and counts.
 * @param ids as many as there are comments
 */
export function placeAdded(added: readonly AddedComment[], ids: readonly string[]): Placed {
  const placed = new Map<AddedComment, PlacedComment>();
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
