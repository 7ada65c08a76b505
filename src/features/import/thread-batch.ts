import { lockArticlesForChange } from '../articles/article/article-write.queries.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { EventLog } from '../../platform/events/log.ts';
import { type ArticleIdentity, beginImport, selectIdentitiesBySlug } from './article-import.queries.ts';
import { saveAuthors } from './author-import.queries.ts';
import { ImportRefusal } from './faults.ts';
import { findArticles, type Target } from './find-article.ts';
import { insertArticles, type NewArticle } from './new-articles.ts';
import type { ImportOutcome } from './outcome.ts';
import { authorsOfAll, type ThreadInput } from './thread-input.ts';
import { planThreads, type Progress } from './thread-planner.ts';
import { writeThreads } from './thread-writer.ts';

/** A thread to import, for an article that is here or for one that is made of a document. */
export type ImportItem = { readonly thread: ThreadInput } & (
  { readonly slug: string } | Pick<NewArticle, 'document' | 'body'>
);

/** A thread to import for an article that is here. */
export interface ThreadUpdate {
  readonly article: ArticleIdentity;
  readonly thread: ThreadInput;
}

const byNumber = (a: string, b: string): number => (BigInt(a) < BigInt(b) ? -1 : 1);

export const refusedDraft = (slug: string, path: readonly string[]): ImportRefusal =>
  ImportRefusal.of(path, `"${slug}" is a draft here: publish or rename it first`);

/**
 * Imports threads into their articles, which are made if need be.
 * @returns an outcome for each; undefined: an earlier thread of the list has the same article, and this one was left
 * @throws ImportRefusal if any of them is refused
 */
export async function importTogether(
  tx: Tx,
  log: EventLog,
  items: readonly ImportItem[],
  progress: Progress,
): Promise<readonly (ImportOutcome | undefined)[]> {
  await beginImport(tx);
  const targets = await findTargets(tx, items);
  const seen = new Set<string>();
  const updates: (ThreadUpdate & { readonly index: number })[] = [];
  const made: (NewArticle & { readonly index: number })[] = [];
  for (const [index, { thread, ...item }] of items.entries()) {
    const { article, slug = '' } = targets[index] ?? {};
    if (article && !seen.has(article.id)) updates.push({ index, article, thread });
    if (article) seen.add(article.id);
    else if ('document' in item) made.push({ index, ...item, slug, thread });
  }
  const results: (ImportOutcome | undefined)[] = items.map(() => undefined);
  // New articles have no events, and events come last.
  for (const [at, outcome] of (await insertArticles(tx, made, progress)).entries())
    results[made[at]?.index ?? -1] = outcome;
  for (const [at, outcome] of (await updateThreads(tx, log, updates, progress)).entries())
    results[updates[at]?.index ?? -1] = outcome;
  return results;
}

/**
 * Imports threads into articles that are here, and appends the events as the last statements of the transaction.
 * @param updates of different articles
 * @throws ImportRefusal
 */
export async function updateThreads(
  tx: Tx,
  log: EventLog,
  updates: readonly ThreadUpdate[],
  progress: Progress,
): Promise<readonly ImportOutcome[]> {
  if (updates.length === 0) return [];
  const ids = updates.map(({ article }) => article.id).sort(byNumber);
  const statuses = await lockArticlesForChange(tx, ids);
  const open = updates.flatMap(({ article, thread }) => {
    const status = statuses.get(article.id);
    if (status === 'DRAFT') throw refusedDraft(article.slug, []);
    return status === 'PUBLISHED' ? [{ articleId: article.id, thread }] : [];
  });
  open.sort((a, b) => byNumber(a.articleId, b.articleId));
  const { byKey, changed } = await saveAuthors(tx, authorsOfAll(open.map(({ thread }) => thread)));
  const planned = await planThreads(tx, open, { authors: byKey, progress });
  const written = await writeThreads(tx, planned, progress);
  const appends = written.filter(({ events }) => events.length > 0);
  if (appends.length > 0) await log.appendToEach(tx, appends);
  const outcomes = new Map(
    planned.map(({ articleId, thread, plan }, index) => {
      const events = written[index]?.events.length ?? 0;
      const isChanged = events > 0 || thread.authors.some(({ key }) => changed.has(key));
      const outcome = isChanged ? ('changed' as const) : ('unchanged' as const);
      return [articleId, { outcome, events, addedComments: plan.added.length, leftOut: plan.leftOut }];
    }),
  );
  return updates.map(({ article: { id: articleId, slug } }) => ({
    articleId,
    slug,
    addedEndorsements: 0,
    ...(outcomes.get(articleId) ?? { outcome: 'left', events: 0, addedComments: 0, leftOut: 0 }),
  }));
}

/** The articles of threads. @throws ImportRefusal */
async function findTargets(tx: Tx, items: readonly ImportItem[]): Promise<readonly Target[]> {
  const known = await selectIdentitiesBySlug(
    tx,
    items.flatMap((item) => ('slug' in item ? [item.slug] : [])),
  );
  const found = await findArticles(
    tx,
    items.flatMap((item) => ('document' in item ? [item.document] : [])),
  );
  let next = 0;
  return items.map((item) => {
    const article = 'slug' in item ? known.get(item.slug) : undefined;
    if ('slug' in item && !article)
      throw ImportRefusal.of([], `the article "${item.slug}" has vanished meanwhile`);
    const target = article ? { article, slug: article.slug } : found[next++];
    if (!target) throw new Error('A document has no target');
    return target;
  });
}
