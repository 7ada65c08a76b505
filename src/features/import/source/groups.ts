import type { Byline } from './made-article.ts';
import type { SourceThread } from './source.ts';

/** Threads of one article. */
export interface Group {
  readonly target: { readonly slug: string } | { readonly thread: SourceThread; readonly byline: Byline };
  readonly threadIds: string[];
  /** Number of comments to import. */
  comments: number;
  /** What the article adds to a transaction beside them: the comments that it has, or its text, as if it were comments. */
  readonly extent: number;
}

/** The most articles of one transaction. */
const maxArticles = 250;
/** The most comments of several articles of one transaction. */
export const maxComments = 1000;

/** Divides articles among transactions: short threads together, long ones by themselves. */
export function* batchesOf(groups: Iterable<Group>): Generator<readonly Group[]> {
  let [batch, size]: [Group[], number] = [[], 0];
  for (const group of groups) {
    const own = group.comments + group.extent;
    if (batch.length > 0 && (batch.length >= maxArticles || size + own > maxComments)) {
      yield batch;
      [batch, size] = [[], 0];
    }
    batch.push(group);
    size += own;
  }
  if (batch.length > 0) yield batch;
}
