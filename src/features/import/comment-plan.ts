import { formatPartialDateTime, type Precision } from '../../platform/time/partial-date-time.ts';
import type { CommentStatus } from '../comments/thread/comment.policy.ts';
import type { CommentAuthorColumns, StoredAuthor } from './author-import.queries.ts';
import type { Fault } from './faults.ts';
import { Ordinals } from './ordinals.ts';
import { byKey } from './own-key.ts';
import { depthsOf, parentIndexes } from './thread-faults.ts';
import type { ThreadComment } from './thread-input.ts';

/** An existing comment of the article, in any status. */
export interface PresentComment {
  readonly id: string;
  readonly importKey: string | null;
  readonly parentId: string | null;
  readonly rootId: string;
  readonly depth: number;
  readonly ordinal: string;
  readonly status: CommentStatus;
  readonly listed: boolean;
  readonly accountId: string | null;
  readonly authorName: string | null;
  readonly importedAuthorId: string | null;
  readonly isAuthorForgotten: boolean;
  readonly bodyDigest: string;
  readonly createdAt: Date;
  readonly createdPrecision: Precision;
  /** Imported likes. */
  readonly likes: number;
}

/** The changes that a document makes to an article's thread. */
export interface CommentPlan {
  /** Parents before their replies. */
  readonly added: readonly PlannedComment[];
  /** Number of comments that are left out because the comment above them is not listed here. */
  readonly leftOut: number;
  readonly edited: readonly {
    readonly present: PresentComment;
    /** Position in the document. */
    readonly index: number;
  }[];
  readonly renamed: readonly { readonly present: PresentComment; readonly author: CommentAuthorColumns }[];
  readonly liked: readonly { readonly present: PresentComment; readonly likes: number }[];
  readonly removed: readonly PresentComment[];
}

/** A new comment and its parent: another new comment, an existing one, or undefined for the article itself. */
export interface PlannedComment {
  readonly comment: ThreadComment;
  readonly author: CommentAuthorColumns;
  /** Position in the document. */
  readonly index: number;
  readonly ordinal: bigint;
  readonly parent: PlannedComment | PresentComment | undefined;
}

/** Conflicts between the document and data that cannot be changed here. */
function conflicts(
  comments: readonly ThreadComment[],
  parents: readonly (number | undefined)[],
  present: readonly (PresentComment | undefined)[],
): Fault[] {
  let keys: Map<string | undefined, string | undefined> | undefined;
  const keyOf = (id: string) =>
    (keys ??= new Map(present.map((row, index) => [row?.id, comments[index]?.key]))).get(id);
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
        row.parentId === null ? 'no reply' : `a reply to ${keyOf(row.parentId) ?? 'another comment'}`;
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

const nobody: CommentAuthorColumns = { name: null, id: null, accountId: null };

/** The columns of a comment's author: those of an imported author, or a name. */
function authorOf({ authorKey, authorName }: ThreadComment, authors: Authors): CommentAuthorColumns {
  if (authorKey == null) return authorName == null ? nobody : { ...nobody, name: authorName };
  const author = authors.get(authorKey);
  if (!author) throw new Error('An author was not stored');
  return { name: null, id: author.id, accountId: author.accountId };
}

/** The new author of a comment that is here; undefined: it stays. An imported author is replaced by another one only. */
function newAuthor(
  comment: ThreadComment,
  row: PresentComment,
  authors: Authors,
): CommentAuthorColumns | undefined {
  if (row.isAuthorForgotten) return undefined;
  const author = authorOf(comment, authors);
  if (author.id !== null) return author.id === row.importedAuthorId ? undefined : author;
  const isKept = comment.authorName === undefined || row.importedAuthorId !== null;
  return isKept || author.name === row.authorName ? undefined : author;
}

/** The stored authors of a document by their keys. */
type Authors = ReadonlyMap<string, Pick<StoredAuthor, 'id' | 'accountId'>>;

/**
 * Compares a document's comments with those of the article. Comments that an account wrote or has claimed here and comments
 * that were removed here are not changed.
 * @param comments validated comments: the keys are unique, and no comment is its own ancestor
 */
export function planComments(
  comments: readonly ThreadComment[],
  presentComments: readonly PresentComment[],
  authors: Authors,
): CommentPlan | { readonly faults: readonly Fault[] } {
  const known = byKey(presentComments);
  const present = comments.map(({ key }) => known.get(key));
  const parents = parentIndexes(comments);
  const faults = conflicts(comments, parents, present);
  if (faults.length > 0) return { faults };

  const ordinals = present.includes(undefined) ? placesOf(comments, present, presentComments) : [];
  const { added, leftOut } = hang(comments, { parents, present, ordinals, authors });
  const changeable = comments.flatMap((comment, index) => {
    const row = present[index];
    // A document cannot change a comment that was written here, not even after its author was erased: an old export
    // still has the name.
    return row?.status === 'PUBLISHED' && row.importKey !== null && row.accountId === null
      ? [{ comment, present: row, index }]
      : [];
  });
  const shown = changeable.filter(({ comment }) => comment.state === 'SHOWN');
  return {
    added,
    leftOut,
    edited: shown.filter(({ comment, present: row }) => comment.digest !== row.bodyDigest),
    renamed: shown.flatMap(({ comment, present: row }) => {
      const author = newAuthor(comment, row, authors);
      return author ? [{ present: row, author }] : [];
    }),
    liked: shown.flatMap(({ comment: { likes }, present: row }) =>
      likes !== undefined && likes !== row.likes ? [{ present: row, likes }] : [],
    ),
    removed: changeable.flatMap(({ comment, present: row }) => (comment.state === 'SHOWN' ? [] : [row])),
  };
}

/** The ordinals of all comments; of new ones, between those that are here. */
function placesOf(
  comments: readonly ThreadComment[],
  present: readonly (PresentComment | undefined)[],
  presentComments: readonly PresentComment[],
): readonly bigint[] {
  const taken = new Map(presentComments.map((row) => [row, BigInt(row.ordinal)]));
  return new Ordinals([...taken.values()]).place(
    comments.map(({ createdAt: { at } }, index) => {
      const row = present[index];
      return { at, ordinal: row && taken.get(row) };
    }),
  );
}

/**
 * New comments that are gone, and below which none is shown: they leave no trace.
 * @param byDepth the indexes of all new comments, the deepest last
 */
function traceless(
  comments: readonly ThreadComment[],
  parents: readonly (number | undefined)[],
  byDepth: readonly number[],
): ReadonlySet<number> {
  const [found, above] = [new Set<number>(), new Set<number | undefined>()];
  for (const index of [...byDepth].reverse()) {
    if (comments[index]?.state === 'GONE' && !above.has(index)) found.add(index);
    else above.add(parents[index]);
  }
  return found;
}

/** Assigns the new comments to their parents, level by level. */
function hang(
  comments: readonly ThreadComment[],
  {
    parents,
    present,
    ordinals,
    authors,
  }: {
    readonly parents: readonly (number | undefined)[];
    readonly present: readonly (PresentComment | undefined)[];
    readonly ordinals: readonly bigint[];
    readonly authors: Authors;
  },
): Pick<CommentPlan, 'added' | 'leftOut'> {
  const depths = depthsOf(parents);
  const news = comments.flatMap((comment, index) => {
    const [ordinal, depth] = [ordinals[index], depths[index]];
    if (present[index] || ordinal === undefined || depth === undefined) return [];
    return [{ comment, index, ordinal, depth }];
  });
  news.sort((a, b) => a.depth - b.depth || (a.ordinal < b.ordinal ? -1 : 1));
  const skipped = traceless(
    comments,
    parents,
    news.map(({ index }) => index),
  );
  const added = new Map<number, PlannedComment>();
  for (const { comment, index, ordinal } of news) {
    if (skipped.has(index)) continue;
    const author = comment.state === 'SHOWN' ? authorOf(comment, authors) : nobody;
    const parentIndex = parents[index];
    if (parentIndex === undefined) {
      added.set(index, { comment, author, index, ordinal, parent: undefined });
      continue;
    }
    const above = present[parentIndex];
    // A comment that is pending, rejected or removed without a tombstone is not in the thread, so its replies could not
    // be shown.
    const parent = above?.listed ? above : added.get(parentIndex);
    if (parent) added.set(index, { comment, author, index, ordinal, parent });
  }
  return { added: [...added.values()], leftOut: news.length - skipped.size - added.size };
}
