import { lockArticleForChange, replaceSignatures, replaceTags } from '../article/article-write.queries.ts';
import { refreshArticleSearch, refreshSearchOfJournalist } from '../article/article-search.queries.ts';
import type { Database, Tx } from '../db/database.ts';
import type { EventLog, NewEvent } from '../events/log.ts';
import { articleChanges, journalistChanges, newArticle } from './article-changes.ts';
import {
  type ArticleIdentity,
  insertPublishedArticle,
  lockImports,
  saveArticleText,
  selectWholeArticle,
  touchArticle,
  updateArticleColumns,
  updateCountsSilently,
} from './article-import.queries.ts';
import { planComments } from './comment-plan.ts';
import type { ImportDocument } from './document.ts';
import {
  insertEndorsements,
  selectAllEndorsements,
  updateEndorsementTexts,
} from './endorsement-import.queries.ts';
import { type EndorsementPlan, planEndorsements } from './endorsement-plan.ts';
import { ImportRefusal } from './faults.ts';
import { findArticle } from './find-article.ts';
import { lockJournalistBySlug, upsertJournalist } from './journalist-import.queries.ts';
import { renderImported } from './rendering.ts';
import { threadFaults } from './thread-faults.ts';
import { planThread, type Progress, writeThread } from './thread-writer.ts';

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
}

/** Imports articles with their history, and updates them when their document has changed. */
export class ImportService {
  readonly #db: Database;
  readonly #log: EventLog;
  readonly #maxDepth: number;

  constructor({ db, log, maxDepth }: ImportServiceOptions) {
    this.#db = db;
    this.#log = log;
    this.#maxDepth = maxDepth;
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
      return article
        ? this.#update(tx, document, article, progress)
        : insertArticle(tx, document, slug, progress);
    });
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
    if (present.status === 'DRAFT')
      throw ImportRefusal.of(['article', 'slug'], `"${slug}" is a draft here: publish or rename it first`);
    if (present.status === 'UNPUBLISHED') return { ...none, outcome: 'left' };

    const endorsements = requireEndorsements(document, await selectAllEndorsements(tx, articleId));
    const thread = await planThread(tx, articleId, document.comments);
    const byline = await saveJournalist(tx, document);
    const changes = articleChanges(document, present, byline.id);
    if (changes.columns) await updateArticleColumns(tx, articleId, changes.columns);
    else if (changes.isContentChanged) await touchArticle(tx, articleId);
    await writeParts(tx, articleId, changes);
    if (changes.isContentChanged) await refreshArticleSearch(tx, [articleId]);
    const added = await insertEndorsements(tx, articleId, endorsements.added);
    await updateEndorsementTexts(tx, articleId, endorsements.updated);
    const { events, counts } = await writeThread(tx, articleId, thread, progress);
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
      outcome: all.length > 0 ? 'changed' : 'unchanged',
      addedComments: thread.added.length,
      addedEndorsements: added.length,
      events: all.length,
      leftOut: thread.leftOut,
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
  return (await insertArticle(tx, document, slug, () => undefined)).articleId;
}

function requireThread(document: ImportDocument, maxDepth: number): void {
  const faults = threadFaults(document.comments, maxDepth);
  if (faults.length > 0) throw new ImportRefusal(faults);
}

function requireEndorsements(
  document: ImportDocument,
  present: Parameters<typeof planEndorsements>[1],
): EndorsementPlan {
  const plan = planEndorsements(document.endorsements, present);
  if ('faults' in plan) throw new ImportRefusal(plan.faults);
  return plan;
}

/** The history of a new article has no events: nobody could have been subscribed before. */
async function insertArticle(
  tx: Tx,
  document: ImportDocument,
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
  const thread = planComments(document.comments, []);
  if ('faults' in thread) throw new ImportRefusal(thread.faults);
  const { counts } = await writeThread(tx, articleId, thread, progress);
  await updateCountsSilently(tx, articleId, { ...counts, endorsements: endorsements.added.length });
  return {
    articleId,
    slug,
    outcome: 'new',
    addedComments: thread.added.length,
    addedEndorsements: endorsements.added.length,
    events: 0,
    leftOut: 0,
  };
}

/** A document may change its byline, whichever account the byline is linked to: importing is an operator's command. */
async function saveJournalist(tx: Tx, document: ImportDocument): Promise<{ id: string; isChanged: boolean }> {
  const present = await lockJournalistBySlug(tx, document.journalist.slug);
  const changes = journalistChanges(document, present);
  if (present && !changes) return { id: present.id, isChanged: false };
  if (!changes) throw new Error('A new byline is a change');
  const bio =
    changes.bioMarkdown === null
      ? undefined
      : renderImported(changes.bioMarkdown, 'article', ['journalist', 'bio']);
  const id = await upsertJournalist(tx, {
    ...changes,
    bioHtml: bio?.html ?? null,
    bioText: bio?.text ?? null,
  });
  // The byline's articles are found by its name too; without articles this does nothing.
  await refreshSearchOfJournalist(tx, id);
  return { id, isChanged: true };
}

async function writeParts(
  tx: Tx,
  articleId: string,
  { markdown, tags, signatures }: Pick<ReturnType<typeof articleChanges>, 'markdown' | 'tags' | 'signatures'>,
): Promise<void> {
  if (markdown !== undefined)
    await saveArticleText(tx, articleId, markdown, renderImported(markdown, 'article', ['article', 'body']));
  if (tags) await replaceTags(tx, articleId, tags);
  if (signatures) await replaceSignatures(tx, articleId, signatures);
}
