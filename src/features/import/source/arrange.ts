import { commentBody } from '../document.ts';
import { depthsOf } from '../thread-faults.ts';
import {
  type Body,
  namedTimes,
  pathOfCommentBody,
  type ThreadAuthor,
  type ThreadComment,
  type ThreadInput,
} from '../thread-input.ts';
import type { Collection, SpooledComment } from './collection.ts';
import type { SourceName } from './source.ts';
import type { SpooledHead } from './spool.ts';
import type { Texts } from './texts.ts';

/** The comments of one article, arranged so that every reply has a parent and none is too deep. */
export interface Arranged {
  readonly comments: readonly ThreadComment[];
  readonly authors: readonly ThreadAuthor[];
  /** Where the comments are in the export, and their texts in the temporary file. Numbers, because there are many. */
  readonly lines: Uint32Array;
  readonly bodiesAt: Float64Array;
  readonly bodyLengths: Uint32Array;
  /** Replies to comments that are not in the export, which stand on the first level. */
  readonly orphans: number;
  /** Replies that are nested deeper than here, which reply to a comment above. */
  readonly lifted: number;
}

type Heads = readonly SpooledHead<SpooledComment>[];

/** The key under which a comment of an export is known here. */
const keyOf = (source: SourceName, id: string): string => `${source}:${id}`;

/** The indexes of parents. */
function parentsOf(heads: Heads): { readonly parents: (number | undefined)[]; readonly orphans: number } {
  const byId = new Map(heads.map(({ head: { id } }, index) => [id, index]));
  const parents = heads.map(({ head: { parentId } }) =>
    parentId === undefined ? undefined : byId.get(parentId),
  );
  const orphans = heads.filter(
    ({ head: { parentId } }, index) => parentId !== undefined && parents[index] === undefined,
  ).length;
  return { parents, orphans };
}

/** Hangs replies that are nested too deep below the ancestor that may still have replies. */
function lift(
  parents: (number | undefined)[],
  depths: readonly (number | undefined)[],
  maxDepth: number,
): number {
  const tooDeep = depths.flatMap((depth, index) => (depth !== undefined && depth > maxDepth ? [index] : []));
  // The highest first: what hangs below one that was lifted goes to where that one went, without a walk up the chain.
  tooDeep.sort((a, b) => (depths[a] ?? 0) - (depths[b] ?? 0));
  for (const index of tooDeep) {
    const parent = parents[index];
    parents[index] = parent === undefined ? undefined : parents[parent];
  }
  return tooDeep.length;
}

/** One string for all that are equal: each that was read has a copy of its own. */
function interner(): <T extends string | undefined>(text: T) => T {
  const known = new Map<string, string>();
  return (text) => {
    if (text === undefined) return text;
    const first = known.get(text);
    if (first === undefined) known.set(text, text);
    return (first ?? text) as typeof text;
  };
}

/** One author has one name: that of the last comment. */
function authorsOf(heads: Heads, comments: readonly ThreadComment[]): ThreadAuthor[] {
  const times = namedTimes(comments);
  const authors = new Map<string, ThreadAuthor>();
  for (const { head } of heads) {
    const { authorKey: key, name, email } = head;
    const namedAt = key === undefined ? undefined : times.get(key);
    if (key === undefined || name === undefined || !namedAt) continue;
    const known = authors.get(key);
    const isLast = head.at === namedAt.getTime();
    if (!known || isLast) authors.set(key, { key, name, namedAt, email: email ?? known?.email });
  }
  return [...authors.values()];
}

/** Arranges the comments of some threads, which are those of one article. What is wrong is told to the collection. */
export function arrange(
  collection: Collection,
  threadIds: readonly string[],
  { source, maxDepth }: { readonly source: SourceName; readonly maxDepth: number },
): Arranged {
  const heads = threadIds.flatMap((id) => collection.comments.headsOf(id));
  const { parents, orphans } = parentsOf(heads);
  const depths = depthsOf(parents);
  depths.forEach((depth, index) => {
    const place = heads[index]?.head.place;
    if (depth === undefined && place) collection.fault(place, 'replies to itself in a circle');
  });
  const lifted = lift(parents, depths, maxDepth);
  const intern = interner();
  const keys = heads.map(({ head }) => keyOf(source, head.id));
  const comments = heads.map(({ head }, index): ThreadComment => ({
    key: keys[index] ?? '',
    parentKey: keys[parents[index] ?? -1] ?? null,
    createdAt: { at: new Date(head.at), precision: head.precision },
    state: head.state,
    authorName: head.authorKey === undefined ? (intern(head.name) ?? null) : undefined,
    authorKey: intern(head.authorKey),
    likes: head.likes,
    digest: head.digest,
  }));
  return {
    comments,
    authors: authorsOf(heads, comments),
    lines: Uint32Array.from(heads, ({ head }) => head.place.line),
    bodiesAt: Float64Array.from(heads, ({ bodyAt }) => bodyAt),
    bodyLengths: Uint32Array.from(heads, ({ bodyLength }) => bodyLength),
    orphans,
    lifted,
  };
}

/**
 * The thread to import, whose texts are read and rendered when they are asked for.
 * @param rendersAhead begins with all of them at once
 */
export function threadInputOf(
  { comments, authors, bodiesAt, bodyLengths }: Arranged,
  { comments: spool, texts }: { readonly comments: Collection['comments']; readonly texts: Texts },
  rendersAhead: boolean,
): ThreadInput {
  const render = async (index: number): Promise<Body> => {
    const markdown = spool.bodyOf({ bodyAt: bodiesAt[index] ?? 0, bodyLength: bodyLengths[index] ?? 0 });
    return { markdown, ...(await texts.render(markdown, commentBody.profile, pathOfCommentBody(index))) };
  };
  const bodies = rendersAhead
    ? comments.map(({ state }, index) => (state === 'SHOWN' ? render(index) : undefined))
    : [];
  // It is thrown where the text is asked for.
  for (const body of bodies) body?.catch(() => undefined);
  return {
    comments,
    authors,
    bodyOf: (index) => bodies[index] ?? render(index),
    lengthOf: (index) => bodyLengths[index] ?? 0,
  };
}
