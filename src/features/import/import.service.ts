import { lockArticleForChange } from '../articles/article/article-write.queries.ts';
import { refreshArticleSearch } from '../articles/search/article-search.queries.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { EventLog, NewFact } from '../../platform/events/log.ts';
import { articleChanges } from './article-changes.ts';
import {
  type ArticleIdentity,
  beginImport,
  selectIdentityBySlug,
  selectWholeArticle,
  touchArticle,
  updateArticleColumns,
} from './article-import.queries.ts';
import { renderBody, requireEndorsements, saveJournalist, writeParts } from './article-writer.ts';
import { saveAuthors } from './author-import.queries.ts';
import type { ImportDocument, ThreadDocument } from './document.ts';
import {
  insertEndorsements,
  selectAllEndorsements,
  updateEndorsementTexts,
} from './endorsement-import.queries.ts';
import { ImportRefusal } from './faults.ts';
import { findArticles, findIdentitiesByPage, type OwnPages } from './find-article.ts';
import { insertArticles, type NewArticle } from './new-articles.ts';
import type { ImportOutcome } from './outcome.ts';
import { type ImportItem, importTogether, refusedDraft, updateThreads } from './thread-batch.ts';
import { threadFaults } from './thread-faults.ts';
import { threadOf } from './thread-input.ts';
import { planThreads, type Progress } from './thread-planner.ts';
import { writeThreads } from './thread-writer.ts';

export interface ImportServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly maxDepth: number;
  readonly pages: OwnPages;
}

/** Imports articles with their history, and updates them when their document has changed. */
export class ImportService {
  constructor(private readonly options: ImportServiceOptions) {}

  /**
   * Imports one document in one transaction. Data that the document omits stays unchanged; nothing is deleted by
   * omission.
   * @throws ImportRefusal with every fault and its path
   */
  import(document: ImportDocument, progress: Progress = () => undefined): Promise<ImportOutcome> {
    requireThread(document, this.options.maxDepth);
    return this.options.db.transaction(async (tx) => {
      await beginImport(tx);
      const [target] = await findArticles(tx, [document]);
      if (target?.article) return this.#update(tx, document, target.article, progress);
      return insertArticle(tx, newArticleOf(document, target?.slug), progress);
    });
  }

  /**
   * Imports comments alone for an article that exists.
   * @throws ImportRefusal if there is no such article, and as `import`
   */
  importThread(document: ThreadDocument, progress: Progress = () => undefined): Promise<ImportOutcome> {
    requireThread(document, this.options.maxDepth);
    const { articleSlug, articleUrl = '' } = document;
    return this.options.db.transaction(async (tx) => {
      await beginImport(tx);
      const article =
        articleSlug === undefined
          ? (await findIdentitiesByPage(tx, [articleUrl], this.options.pages)).get(articleUrl)
          : await selectIdentityBySlug(tx, articleSlug);
      if (!article && articleSlug !== undefined) throw ImportRefusal.of(['articleSlug'], 'no such article');
      if (!article)
        throw ImportRefusal.of(
          ['articleUrl'],
          `no such article: it is no canonicalUrl, nor an article's page below ${this.options.pages.site()} (PUBLIC_URL)`,
        );
      const [outcome] = await updateThreads(
        tx,
        this.options.log,
        [{ article, thread: threadOf(document) }],
        progress,
      );
      if (!outcome) throw new Error('No outcome');
      return outcome;
    });
  }

  /**
   * Imports threads of any length, also for articles that are made in the same transaction. All are written in one transaction. If
   * any is refused, none of the transaction is written, and each half of the list is tried by itself.
   * @param items the depths of their comments were checked
   * @returns what became of each
   */
  async importThreads(
    items: readonly ImportItem[],
    progress: Progress = () => undefined,
  ): Promise<readonly (ImportOutcome | ImportRefusal)[]> {
    const results = await this.#tryTogether(items, progress);
    if (results instanceof ImportRefusal) {
      if (items.length === 1) return [results];
      const middle = items.length >> 1;
      const first = await this.importThreads(items.slice(0, middle), progress);
      return [...first, ...(await this.importThreads(items.slice(middle), progress))];
    }
    const left = items.filter((_, index) => !results[index]);
    const others = left.length === 0 ? [] : [...(await this.importThreads(left, progress))];
    return results.map((result) => {
      const own = result ?? others.shift();
      if (!own) throw new Error('A thread has no outcome');
      return own;
    });
  }

  async #tryTogether(
    items: readonly ImportItem[],
    progress: Progress,
  ): Promise<readonly (ImportOutcome | undefined)[] | ImportRefusal> {
    try {
      return await this.options.db.transaction((tx) => importTogether(tx, this.options.log, items, progress));
    } catch (error) {
      if (error instanceof ImportRefusal) return error;
      throw error;
    }
  }

  async #update(
    tx: Tx,
    document: ImportDocument,
    { id: articleId, slug }: ArticleIdentity,
    progress: Progress,
  ): Promise<ImportOutcome> {
    await lockArticleForChange(tx, articleId);
    const present = await selectWholeArticle(tx, articleId);
    if (!present) throw new Error(`Article ${articleId} has vanished`);
    const none = { articleId, slug, addedComments: 0, addedEndorsements: 0, events: 0, leftOut: 0 };
    if (present.status === 'DRAFT') throw refusedDraft(slug, ['article', 'slug']);
    if (present.status === 'UNPUBLISHED') return { ...none, outcome: 'left' };

    const endorsements = requireEndorsements(document, await selectAllEndorsements(tx, articleId));
    const thread = threadOf(document);
    const { byKey, changed } = await saveAuthors(tx, thread.authors);
    const planned = await planThreads(tx, [{ articleId, thread }], { authors: byKey, progress });
    const byline = await saveJournalist(tx, document);
    const changes = articleChanges(document, present, byline.id);
    if (changes.columns) await updateArticleColumns(tx, articleId, changes.columns);
    else if (changes.isContentChanged) await touchArticle(tx, articleId);
    await writeParts(tx, articleId, changes);
    if (changes.isContentChanged) await refreshArticleSearch(tx, [articleId]);
    const added = await insertEndorsements(tx, articleId, endorsements.added);
    await updateEndorsementTexts(tx, articleId, endorsements.updated);
    const [written] = await writeThreads(tx, planned, progress);
    const all: NewFact[] = [
      ...(changes.isContentChanged || byline.isChanged ? [{ kind: 'ARTICLE_UPDATED' as const }] : []),
      ...(changes.isPolicyChanged ? [{ kind: 'COMMENT_POLICY_CHANGED' as const }] : []),
      ...added.map((subjectId) => ({ kind: 'ENDORSEMENT_ADDED' as const, subjectId })),
      ...endorsements.updated.map(({ id }) => ({ kind: 'ENDORSEMENT_UPDATED' as const, subjectId: id })),
      ...(written?.events ?? []),
    ];
    if (all.length > 0)
      await this.options.log.appendAll(tx, articleId, all, {
        ...written?.counts,
        endorsementCount: added.length,
      });
    return {
      ...none,
      outcome: all.length > 0 || changed.size > 0 ? 'changed' : 'unchanged',
      addedComments: planned[0]?.plan.added.length ?? 0,
      addedEndorsements: added.length,
      events: all.length,
      leftOut: planned[0]?.plan.leftOut ?? 0,
    };
  }
}

/**
 * Imports a new article as part of a larger transaction.
 * @returns the article's id; undefined if the article exists already, in which case it is not changed
 * @throws ImportRefusal
 */
export async function importArticle(
  tx: Tx,
  document: ImportDocument,
  { maxDepth }: { maxDepth: number },
): Promise<string | undefined> {
  requireThread(document, maxDepth);
  await beginImport(tx);
  const [target] = await findArticles(tx, [document]);
  if (target?.article) return undefined;
  return (await insertArticle(tx, newArticleOf(document, target?.slug), () => undefined)).articleId;
}

function requireThread(document: Pick<ImportDocument, 'comments'>, maxDepth: number): void {
  const faults = threadFaults(document.comments, maxDepth);
  if (faults.length > 0) throw new ImportRefusal(faults);
}

const newArticleOf = (document: ImportDocument, slug = ''): NewArticle => ({
  document,
  body: () => renderBody(document.article.markdown),
  slug,
  thread: threadOf(document),
});

async function insertArticle(tx: Tx, article: NewArticle, progress: Progress): Promise<ImportOutcome> {
  const [outcome] = await insertArticles(tx, [article], progress);
  if (!outcome) throw new Error('An article was not inserted');
  return outcome;
}
