import { isDeepStrictEqual } from 'node:util';
import type { Tx } from '../../../platform/db/database.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import {
  type ArticleBody,
  type LockedArticleRow,
  replaceSignatures,
  replaceTags,
  selectTakenNames,
  updateArticleBody,
  updateArticleHead,
} from '../article/article-write.queries.ts';
import { selectArticleParts, selectArticleTexts } from '../article/article.queries.ts';
import type { ArticleChange } from '../article/article.texts.ts';

/**
 * The current values of the parts that a change names. Read after the lock was taken, in separate statements: the
 * snapshot of the locking statement is older than the lock.
 */
async function currentParts(
  tx: Tx,
  article: LockedArticleRow,
  change: ArticleChange,
): Promise<ArticleChange> {
  const { slug, title, standfirst, canonicalUrl } = article;
  const texts = 'body' in change ? await selectArticleTexts(tx, [article.id]) : [];
  const parts = 'tags' in change || 'signatures' in change ? await selectArticleParts(tx, [article.id]) : [];
  return {
    slug,
    title,
    standfirst,
    canonicalUrl,
    ...texts.map(({ bodyMarkdown }) => ({ body: bodyMarkdown }))[0],
    ...parts.map(({ tags, signatures }) => ({
      tags: tags.map(({ name }) => name),
      signatures: [...signatures],
    }))[0],
  };
}

/** The parts of a change that differ from a locked article; undefined if there are none. */
export async function differenceTo(
  tx: Tx,
  article: LockedArticleRow,
  change: ArticleChange,
): Promise<ArticleChange | undefined> {
  const current = await currentParts(tx, article, change);
  const different = (Object.keys(change) as (keyof ArticleChange)[]).filter(
    (part) => !isDeepStrictEqual(change[part], current[part]),
  );
  if (different.length === 0) return undefined;
  return Object.fromEntries(different.map((part) => [part, change[part]]));
}

/**
 * Writes the changed parts of a locked article.
 * @param rendered the rendered body of the change, if the change has a body
 * @throws Refusal WRONG_STATUS, SLUG_TAKEN, CANONICAL_URL_TAKEN
 */
export async function writeDifference(
  tx: Tx,
  article: LockedArticleRow,
  { body, tags, signatures, ...head }: ArticleChange,
  rendered: ArticleBody | undefined,
): Promise<void> {
  const { id } = article;
  if (head.slug !== undefined && article.publishedAt !== null) {
    const message = 'An article that was published keeps its slug: links to it would break.';
    throw new Refusal('WRONG_STATUS', ['slug'], message);
  }
  const [first, ...others] = await selectTakenNames(tx, id, head);
  if (first) throw Refusal.of(first, ...others);
  await updateArticleHead(tx, { ...article, ...head });
  if (body !== undefined && rendered) await updateArticleBody(tx, id, rendered);
  if (tags) await replaceTags(tx, id, tags);
  if (signatures) await replaceSignatures(tx, id, signatures);
}
