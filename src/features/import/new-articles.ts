import { refreshArticleSearch } from '../articles/search/article-search.queries.ts';
import { replaceSignatures, replaceTags } from '../articles/article/article-write.queries.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Rendered } from '../../platform/text/markdown.ts';
import { newArticle } from './article-changes.ts';
import { insertPublishedArticles, saveArticleTexts, updateCountsSilently } from './article-import.queries.ts';
import { requireEndorsements, saveJournalist } from './article-writer.ts';
import { saveAuthors } from './author-import.queries.ts';
import type { ImportDocument } from './document.ts';
import { insertEndorsements } from './endorsement-import.queries.ts';
import type { ImportOutcome } from './outcome.ts';
import { authorsOfAll, type ThreadInput } from './thread-input.ts';
import { planNewThreads, type Progress } from './thread-planner.ts';
import { writeThreads } from './thread-writer.ts';

/** An article to be made, and the comments to import for it, which may be others than the document's. */
export interface NewArticle {
  readonly document: ImportDocument;
  /** The article's text, rendered. @throws ImportRefusal */
  readonly body: () => Rendered | Promise<Rendered>;
  readonly slug: string;
  readonly thread: ThreadInput;
}

/** Ids of the bylines of documents, each byline written once. */
async function saveJournalists(tx: Tx, articles: readonly NewArticle[]): Promise<readonly string[]> {
  const known = new Map<string, string>();
  const ids: string[] = [];
  for (const { document } of articles) {
    const name = JSON.stringify(document.journalist);
    const id = known.get(name) ?? (await saveJournalist(tx, document)).id;
    known.set(name, id);
    ids.push(id);
  }
  return ids;
}

/** Inserts articles without their comments. @returns the articles' ids */
async function insertHeads(tx: Tx, articles: readonly NewArticle[]): Promise<readonly string[]> {
  const journalistIds = await saveJournalists(tx, articles);
  const made = articles.map(({ document, slug, body }, index) => ({
    ...newArticle(document, journalistIds[index] ?? ''),
    slug,
    body,
    markdown: document.article.markdown,
  }));
  const bySlug = await insertPublishedArticles(
    tx,
    made.map(({ columns, slug }) => ({ ...columns, slug })),
  );
  const rows = made.map((row) => {
    const articleId = bySlug.get(row.slug);
    if (articleId === undefined) throw new Error('An article got no id');
    return { ...row, articleId };
  });
  await saveArticleTexts(
    tx,
    await Promise.all(
      rows.map(async ({ articleId, markdown, body }) => ({ articleId, markdown, ...(await body()) })),
    ),
  );
  for (const { articleId, tags, signatures } of rows) {
    if (tags.length > 0) await replaceTags(tx, articleId, tags);
    if (signatures.length > 0) await replaceSignatures(tx, articleId, signatures);
  }
  const ids = rows.map(({ articleId }) => articleId);
  await refreshArticleSearch(tx, ids);
  return ids;
}

/**
 * Inserts articles with their history, which has no events: nobody could have been subscribed before.
 * @param articles their slugs are free, and differ
 * @throws ImportRefusal
 */
export async function insertArticles(
  tx: Tx,
  articles: readonly NewArticle[],
  progress: Progress,
): Promise<readonly ImportOutcome[]> {
  if (articles.length === 0) return [];
  const ids = await insertHeads(tx, articles);
  const threads = articles.map(({ thread }, index) => ({ articleId: ids[index] ?? '', thread }));
  const endorsements: number[] = [];
  for (const [index, { document }] of articles.entries()) {
    const { added } = requireEndorsements(document, []);
    await insertEndorsements(tx, ids[index] ?? '', added);
    endorsements.push(added.length);
  }
  const { byKey } = await saveAuthors(tx, authorsOfAll(threads.map(({ thread }) => thread)));
  const planned = planNewThreads(threads, byKey);
  const written = await writeThreads(tx, planned, progress);
  await updateCountsSilently(
    tx,
    written.map(({ articleId, counts }, index) => ({
      articleId,
      ...counts,
      endorsementCount: endorsements[index] ?? 0,
    })),
  );
  return planned.map(({ articleId, plan }, index) => ({
    articleId,
    slug: articles[index]?.slug ?? '',
    outcome: 'new',
    addedComments: plan.added.length,
    addedEndorsements: endorsements[index] ?? 0,
    events: 0,
    leftOut: 0,
  }));
}
