import { createHash } from 'node:crypto';
import type { Rendered } from '../../platform/text/markdown.ts';
import type { PartialDateTime } from '../../platform/time/partial-date-time.ts';
import { commentBody, type ImportDocument, type ThreadDocument } from './document.ts';
import { renderImported } from './rendering.ts';

/**
 * What the thread shows of a comment: its text; a tombstone; or nothing (`GONE`), because the comment is not public where it comes
 * from. A comment that is gone is removed here if it was imported before, becomes a tombstone if it has replies that are shown,
 * and is left out otherwise.
 */
export type CommentState = 'SHOWN' | 'TOMBSTONE' | 'GONE';

/** A comment to import, without its text: a thread may be larger than what fits into memory. */
export interface ThreadComment {
  readonly key: string;
  readonly parentKey: string | null;
  readonly createdAt: PartialDateTime;
  readonly state: CommentState;
  /** Undefined: as it is here; null: none. */
  readonly authorName?: string | null | undefined;
  /** The author in `authors`, instead of a name. */
  readonly authorKey?: string | null | undefined;
  /** Undefined: as it is here. */
  readonly likes?: number | undefined;
  /** `bodyDigest` of the text; null: the comment has none. */
  readonly digest: string | null;
}

/** An author of imported comments. */
export interface ThreadAuthor {
  readonly key: string;
  readonly name: string;
  /** The time of the last comment that has this name. */
  readonly namedAt: Date;
  /** The address by which the author's comments can be claimed; undefined: unknown. */
  readonly email: string | undefined;
}

/** The text of a comment, as it is stored. */
export interface Body extends Pick<Rendered, 'html' | 'text'> {
  readonly markdown: string;
}

/** The comments of one article that are to be imported. */
export interface ThreadInput {
  readonly comments: readonly ThreadComment[];
  readonly authors: readonly ThreadAuthor[];
  /**
   * The text of a comment that has one, by its position in the list.
   * @throws ImportRefusal for a text whose rendering becomes too long, or takes too much time
   */
  readonly bodyOf: (index: number) => Body | Promise<Body>;
  /** The length of that text: in bytes or, of a document, in UTF-16 code units. */
  readonly lengthOf: (index: number) => number;
}

/** A digest that differs for different texts: half a SHA-256, as `bodyDigestSql` computes it. */
export const bodyDigest = (markdown: string): string =>
  createHash('sha256').update(markdown).digest().subarray(0, 16).toString('hex');

/** SQL for `bodyDigest`. @param column SQL for the text */
export const bodyDigestSql = (column: string): string =>
  `encode(substr(sha256(convert_to(${column}, 'UTF8')), 1, 16), 'hex')`;

/** The path of a comment's text in a document. */
export const pathOfCommentBody = (index: number): readonly PropertyKey[] => ['comments', index, 'body'];

/** The latest time at which each author is named. */
export function namedTimes(comments: readonly ThreadComment[]): ReadonlyMap<string, Date> {
  const times = new Map<string, Date>();
  for (const { authorKey, createdAt } of comments) {
    if (authorKey == null) continue;
    const known = times.get(authorKey);
    if (!known || known < createdAt.at) times.set(authorKey, createdAt.at);
  }
  return times;
}

/** The authors of several threads: each has the name of the last comment, and an address that any of the threads has. */
export function authorsOfAll(threads: readonly Pick<ThreadInput, 'authors'>[]): ThreadAuthor[] {
  const byKey = new Map<string, ThreadAuthor>();
  for (const { authors } of threads) {
    for (const author of authors) {
      const known = byKey.get(author.key);
      const latest = known && known.namedAt > author.namedAt ? known : author;
      byKey.set(author.key, { ...latest, email: author.email ?? known?.email });
    }
  }
  return [...byKey.values()];
}

/** The comments of a document. Authors without a comment are left out. */
export function threadOf({
  comments,
  authors,
}: Pick<ImportDocument | ThreadDocument, 'comments' | 'authors'>): ThreadInput {
  const planned = comments.map(({ markdown, ...comment }): ThreadComment => ({
    ...comment,
    state: markdown === null ? 'TOMBSTONE' : 'SHOWN',
    digest: markdown === null ? null : bodyDigest(markdown),
  }));
  const times = namedTimes(planned);
  return {
    comments: planned,
    authors: authors.flatMap(({ key, name, email }) => {
      const namedAt = times.get(key);
      return namedAt ? [{ key, name, namedAt, email }] : [];
    }),
    bodyOf: (index) => {
      const markdown = comments[index]?.markdown ?? '';
      return { markdown, ...renderImported(markdown, commentBody.profile, pathOfCommentBody(index)) };
    },
    lengthOf: (index) => comments[index]?.markdown?.length ?? 0,
  };
}
