import { lockArticleForChange } from '../article/article-write.queries.ts';
import { refreshArticleSearch } from '../article/article-search.queries.ts';
import type { Database, Tx } from '../db/database.ts';
import type { EventLog, NewEvent } from '../events/log.ts';
import { articleChanges, newArticle } from './article-changes.ts';
import {
  type ArticleIdentity,
  insertPublishedArticle,
  lockImports,
  selectIdentityBySlug,
  selectWholeArticle,
  touchArticle,
  updateArticleColumns,
  updateCountsSilently,
} from './article-import.queries.ts';
import { requireEndorsements, saveJournalist, writeParts } from './article-writer.ts';
import { saveAuthors } from './author-import.queries.ts';
import type { ImportDocument, ThreadDocument } from './document.ts';
import {
  insertEndorsements,
  selectAllEndorsements,
  updateEndorsementTexts,
} from './endorsement-import.queries.ts';
import { ImportRefusal } from './faults.ts';
import { findArticle, findIdentityByPage, type OwnPages } from './find-article.ts';
import { threadFaults } from './thread-faults.ts';
import { type ThreadInput, threadOf } from './thread-input.ts';
import { planThread, type Progress, requirePlan, writeThread } from './thread-writer.ts';

/** Result of importing a document. */
export interface ImportOutcome {
  readonly articleId: string;
  readonly slug: string;
  /** `left`: the article was unpublished here and was not changed. */
  readonly outcome: 'new' | 'changed' | 'unchanged' | 'left';
  readonly addedComments: number;
  readonly addedEndorsements: number;
  /** Number of events in the article's log, for changes of every kind. */
  readonly events: number;
  /** Number of comments that are left out because the comment above them is not listed here. */
  readonly leftOut: number;
}

export interface ImportServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly maxDepth: number;
  readonly pages: OwnPages;
}

/** Imports articles with their history, and updates them when their document has changed. */
export class ImportService {
  readonly #db: Database;
  readonly #log: EventLog;
  readonly #maxDepth: number;
  readonly #pages: OwnPages;

  constructor({ db, log, maxDepth, pages }: ImportServiceOptions) {
    this.#db = db;
    this.#log = log;
    this.#maxDepth = maxDepth;
    this.#pages = pages;
  }

  /**
   * Imports one document in one transaction. Data that the document omits stays unchanged; nothing is deleted by
   * omission.
   * @throws ImportRefusal with every fault and its path
   */
  import(document: ImportDocument, progress: Progress = () => undefined): Promise<ImportOutcome> {
    requireThread(document, this.#maxDepth);
    return this.#db.transaction(async (tx) => {
      await lockImports(tx);
      const { article, slug } = await findArticle(tx, document);
      const given = { document, thread: threadOf(document) };
      return article ? this.#update(tx, given, article, progress) : insertArticle(tx, given, slug, progress);
    });
  }

  /**
   * Imports comments alone for an article that exists.
   * @throws ImportRefusal if there is no such article, and as `import`
   */
  importThread(document: ThreadDocument, progress: Progress = () => undefined): Promise<ImportOutcome> {
    requireThread(document, this.#maxDepth);
    const { articleSlug, articleUrl = '' } = document;
    return this.#db.transaction(async (tx) => {
      await lockImports(tx);
      const article =
        articleSlug === undefined
          ? await findIdentityByPage(tx, articleUrl, this.#pages)
          : await selectIdentityBySlug(tx, articleSlug);
      if (!article && articleSlug !== undefined) throw ImportRefusal.of(['articleSlug'], 'no such article');
      if (!article)
        throw ImportRefusal.of(
          ['articleUrl'],
          `no such article: it is no canonicalUrl, nor an article's page below ${this.#pages.site()} (PUBLIC_URL)`,
        );
      return this.#updateThread(tx, threadOf(document), article, progress);
    });
  }

  /**
   * Imports a thread of any length, also for an article that is made in the same transaction.
   * @param thread its depth was checked
   * @throws ImportRefusal
   */
  importComments(
    target: { readonly slug: string } | { readonly document: ImportDocument },
    thread: ThreadInput,
    progress: Progress = () => undefined,
  ): Promise<ImportOutcome> {
    return this.#db.transaction(async (tx) => {
      await lockImports(tx);
      if ('document' in target) {
        const { article, slug } = await findArticle(tx, target.document);
        return article
          ? this.#updateThread(tx, thread, article, progress)
          : insertArticle(tx, { ...target, thread }, slug, progress);
      }
      const article = await selectIdentityBySlug(tx, target.slug);
      if (!article) throw ImportRefusal.of([], `the article "${target.slug}" has vanished meanwhile`);
      return this.#updateThread(tx, thread, article, progress);
    });
  }

  async #updateThread(
    tx: Tx,
    thread: ThreadInput,
    { id: articleId, slug }: ArticleIdentity,
    progress: Progress,
  ): Promise<ImportOutcome> {
    const article = await lockArticleForChange(tx, articleId);
    const none = { articleId, slug, addedComments: 0, addedEndorsements: 0, events: 0, leftOut: 0 };
    if (article?.status === 'DRAFT') throw refusedDraft(slug, []);
    if (article?.status !== 'PUBLISHED') return { ...none, outcome: 'left' };
    const { byKey, isChanged } = await saveAuthors(tx, thread.authors);
    const plan = await planThread(tx, articleId, thread, { authors: byKey, progress });
    const { events, counts } = await writeThread(tx, articleId, { plan, thread }, progress);
    if (events.length > 0) await this.#log.appendAll(tx, articleId, events, counts);
    return {
      ...none,
      outcome: events.length > 0 || isChanged ? 'changed' : 'unchanged',
      addedComments: plan.added.length,
      events: events.length,
      leftOut: plan.leftOut,
    };
  }

  async #update(
    tx: Tx,
    { document, thread }: Given,
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
    const { byKey, isChanged } = await saveAuthors(tx, thread.authors);
    const plan = await planThread(tx, articleId, thread, { authors: byKey, progress });
    const byline = await saveJournalist(tx, document);
    const changes = articleChanges(document, present, byline.id);
    if (changes.columns) await updateArticleColumns(tx, articleId, changes.columns);
    else if (changes.isContentChanged) await touchArticle(tx, articleId);
    await writeParts(tx, articleId, changes);
    if (changes.isContentChanged) await refreshArticleSearch(tx, [articleId]);
    const added = await insertEndorsements(tx, articleId, endorsements.added);
    await updateEndorsementTexts(tx, articleId, endorsements.updated);
    const { events, counts } = await writeThread(tx, articleId, { plan, thread }, progress);
    const all: Omit<NewEvent, 'articleId' | 'counts'>[] = [
      ...(changes.isContentChanged || byline.isChanged ? [{ kind: 'ARTICLE_UPDATED' as const }] : []),
      ...(changes.isPolicyChanged ? [{ kind: 'COMMENT_POLICY_CHANGED' as const }] : []),
      ...added.map((endorsementId) => ({ kind: 'ENDORSEMENT_ADDED' as const, endorsementId })),
      ...endorsements.updated.map(({ id }) => ({ kind: 'ENDORSEMENT_UPDATED' as const, endorsementId: id })),
      ...events,
    ];
    if (all.length > 0)
      await this.#log.appendAll(tx, articleId, all, { ...counts, endorsements: added.length });
    return {
      ...none,
      outcome: all.length > 0 || isChanged ? 'changed' : 'unchanged',
      addedComments: plan.added.length,
      addedEndorsements: added.length,
      events: all.length,
      leftOut: plan.leftOut,
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
  await lockImports(tx);
  const { article, slug } = await findArticle(tx, document);
  if (article) return undefined;
  const given = { document, thread: threadOf(document) };
  return (await insertArticle(tx, given, slug, () => undefined)).articleId;
}

/** A document, and the comments of its article, which may be others than the document's. */
interface Given {
  readonly document: ImportDocument;
  readonly thread: ThreadInput;
}

const refusedDraft = (slug: string, path: readonly string[]): ImportRefusal =>
  ImportRefusal.of(path, `"${slug}" is a draft here: publish or rename it first`);

function requireThread(document: Pick<ImportDocument, 'comments'>, maxDepth: number): void {
  const faults = threadFaults(document.comments, maxDepth);
  if (faults.length > 0) throw new ImportRefusal(faults);
}

/** The history of a new article has no events: nobody could have been subscribed before. */
async function insertArticle(
  tx: Tx,
  { document, thread }: Given,
  slug: string,
  progress: Progress,
): Promise<ImportOutcome> {
  const { id: journalistId } = await saveJournalist(tx, document);
  const { columns, tags, signatures } = newArticle(document, journalistId);
  const articleId = await insertPublishedArticle(tx, slug, columns);
  await writeParts(tx, articleId, { markdown: document.article.markdown, tags, signatures });
  await refreshArticleSearch(tx, [articleId]);
  const endorsements = requireEndorsements(document, []);
  await insertEndorsements(tx, articleId, endorsements.added);
  const { byKey } = await saveAuthors(tx, thread.authors);
  const plan = requirePlan(thread, [], byKey);
  const { counts } = await writeThread(tx, articleId, { plan, thread }, progress);
  await updateCountsSilently(tx, articleId, { ...counts, endorsements: endorsements.added.length });
  return {
    articleId,
    slug,
    outcome: 'new',
    addedComments: plan.added.length,
    addedEndorsements: endorsements.added.length,
    events: 0,
    leftOut: 0,
  };
}
