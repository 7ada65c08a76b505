import { articleScope } from '../article/article-scope.ts';
import { hasRole, type Viewer } from '../../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { claimIdempotencyKey, nextId } from '../../../platform/idempotency/idempotency.queries.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { articleEvents } from '../article/article-events.ts';
import type { EventLog } from '../../../platform/events/log.ts';
import { ensureByline, findByline } from '../journalist/byline.ts';
import { selectJournalists } from '../journalist/journalist.queries.ts';
import { requireInput } from '../../../platform/text/schema.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { PartialDateTime } from '../../../platform/time/partial-date-time.ts';
import {
  type LockedArticleRow,
  lockArticleForChange,
  replaceSignatures,
  replaceTags,
  updateArticlePublished,
  updateArticleUnpublished,
} from '../article/article-write.queries.ts';
import { insertUnderFreeSlug, renderBody } from './new-article.ts';
import { differenceTo, writeDifference } from './article-change.ts';
import { refreshArticleSearch } from '../search/article-search.queries.ts';
import {
  canCreateArticle,
  canEditArticle,
  canSeeArticle,
  canWriteUnder,
  type CommentPolicy,
} from '../article/article.policy.ts';
import {
  type ArticleChangeInput,
  newArticle,
  type NewArticleInput,
  requireArticleChange,
} from '../article/article.texts.ts';

export interface CreateArticleCommand {
  readonly article: NewArticleInput;
  /** The journalist whose byline is used; undefined for the viewer's own. */
  readonly journalistId: string | undefined;
  readonly commentPolicy: CommentPolicy;
  readonly idempotencyKey: string | undefined;
}

export interface UpdateArticleCommand {
  readonly articleId: string;
  readonly change: ArticleChangeInput;
  /** The `updatedAt` from which the change was made; undefined for any. */
  readonly expectedUpdatedAt: Date | undefined;
}

export interface ArticleServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly clock: Clock;
}

/**
 * Commands on articles; each command is one transaction. A command that changes a public article, or publishes an
 * article, ends with an event; drafts have no events. Repeating a command returns the same result and changes nothing.
 */
export class ArticleService {
  constructor(private readonly options: ArticleServiceOptions) {}

  /** @returns the id of a new draft */
  createArticle(viewer: Viewer, command: CreateArticleCommand): Promise<Result<string>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      if (!canCreateArticle(viewer)) throw new Refusal('FORBIDDEN');
      const { commentPolicy, idempotencyKey } = command;
      const {
        slug,
        tags,
        signatures,
        body: markdown,
        ...head
      } = await requireInput(newArticle, command.article);
      const body = await renderBody(markdown);
      return this.options.db.transactionFor({ viewer }, async (tx) => {
        const { resultId: id, isFirst } = idempotencyKey
          ? await claimIdempotencyKey(tx, {
              accountId: viewer.accountId,
              key: idempotencyKey,
              input: [
                'createArticle',
                command.journalistId ?? null,
                { ...head, slug: slug ?? null, tags, signatures, markdown, commentPolicy },
              ],
              articleId: undefined,
              idSequence: 'article_id_seq',
            })
          : { resultId: await nextId(tx, 'article_id_seq'), isFirst: true };
        if (!isFirst) return id;

        const journalistId = await requireByline(tx, viewer, command.journalistId);
        await insertUnderFreeSlug(tx, { ...head, id, journalistId, commentPolicy, body }, slug ?? undefined);
        await replaceSignatures(tx, id, signatures);
        await replaceTags(tx, id, tags);
        await this.#record(tx, id);
        return id;
      });
    });
  }

  /**
   * A change that the article already has succeeds, whatever the article's `updatedAt`: the request may be a retry of
   * one whose response was lost.
   */
  updateArticle(viewer: Viewer, command: UpdateArticleCommand): Promise<Result<string>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      const { articleId, expectedUpdatedAt } = command;
      const change = await requireArticleChange(command.change);
      // Rendered before the article is locked, because rendering takes time.
      const body = change.body === undefined ? undefined : await renderBody(change.body);
      return this.options.db.transactionFor(articleScope(viewer, articleId), async (tx) => {
        const article = await requireEditable(tx, articleId, viewer);
        const difference = await differenceTo(tx, article, change);
        if (!difference) return articleId;
        if (expectedUpdatedAt && expectedUpdatedAt.getTime() !== article.updatedAt.getTime()) {
          throw new Refusal('STALE_REVISION', ['expectedUpdatedAt']);
        }
        await writeDifference(tx, article, difference, body);
        await this.#record(tx, articleId, article.status === 'PUBLISHED' ? 'ARTICLE_UPDATED' : undefined);
        return articleId;
      });
    });
  }

  /** @param publishedAt undefined for the time that the article already has, or else now */
  publishArticle(
    viewer: Viewer,
    articleId: string,
    publishedAt: PartialDateTime | undefined,
  ): Promise<Result<string>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      const now = this.options.clock.now();
      if (publishedAt && publishedAt.at > now) {
        throw new Refusal('INVALID_INPUT', ['publishedAt'], '`publishedAt` lies in the future.');
      }
      if (publishedAt && publishedAt.at.getUTCFullYear() < 1000) {
        throw new Refusal('INVALID_INPUT', ['publishedAt'], '`publishedAt` lies before the year 1000.');
      }
      return this.options.db.transactionFor(articleScope(viewer, articleId), async (tx) => {
        const article = await requireEditable(tx, articleId, viewer);
        const present = publishedAtOf(article);
        const wanted = publishedAt ?? present ?? { at: now, precision: 'INSTANT' };
        if (article.status === 'PUBLISHED' && present && isSameTime(wanted, present)) return articleId;
        await updateArticlePublished(tx, articleId, wanted);
        await this.#record(tx, articleId, 'ARTICLE_UPDATED');
        return articleId;
      });
    });
  }

  unpublishArticle(viewer: Viewer, articleId: string): Promise<Result<string>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      return this.options.db.transactionFor(articleScope(viewer, articleId), async (tx) => {
        const { status } = await requireEditable(tx, articleId, viewer);
        if (status === 'UNPUBLISHED') return articleId;
        if (status === 'DRAFT') {
          throw new Refusal('WRONG_STATUS', ['articleId'], 'The article was never published.');
        }
        await updateArticleUnpublished(tx, articleId);
        await this.#record(tx, articleId, 'ARTICLE_UNPUBLISHED');
        return articleId;
      });
    });
  }

  /** The last step of every change of an article: updates derived data, and appends the event. */
  async #record(tx: Tx, articleId: string, kind?: keyof typeof articleEvents): Promise<void> {
    await refreshArticleSearch(tx, [articleId]);
    if (kind) await this.options.log.append(tx, { articleId, kind });
  }
}

async function requireEditable(tx: Tx, articleId: string, viewer: Viewer): Promise<LockedArticleRow> {
  const article = await lockArticleForChange(tx, articleId);
  if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', ['articleId']);
  if (!canEditArticle(article, viewer)) throw new Refusal('FORBIDDEN', ['articleId']);
  return article;
}

/** The journalist under whose name a viewer writes. */
async function requireByline(tx: Tx, viewer: Viewer, journalistId: string | undefined): Promise<string> {
  if (journalistId === undefined) {
    if (hasRole(viewer, 'JOURNALIST')) return ensureByline(tx, viewer);
    const own = await findByline(tx, viewer.accountId);
    if (own !== undefined) return own;
    throw new Refusal('INVALID_INPUT', ['journalistId'], 'You have no byline: name the journalist.');
  }
  const [journalist] = await selectJournalists(tx, [journalistId]);
  if (!journalist) throw new Refusal('NOT_FOUND', ['journalistId']);
  if (!canWriteUnder(journalist.accountId, viewer)) throw new Refusal('FORBIDDEN', ['journalistId']);
  return journalistId;
}

function publishedAtOf({ publishedAt: at, publishedPrecision: precision }: LockedArticleRow) {
  return at && precision ? { at, precision } : undefined;
}

function isSameTime(a: PartialDateTime, b: PartialDateTime): boolean {
  return a.precision === b.precision && a.at.getTime() === b.at.getTime();
}
