import { articleScope } from '../article/article-scope.ts';
import { ensurePageArticle } from '../article/page-article.ts';
import type { NewThreads } from '../article/new-threads.ts';
import { type ArticleFacts, canComment, canSeeArticle } from '../article/article.policy.ts';
import { clientOf, requireVoice, type Viewer } from '../auth/viewer.ts';
import type { Database, Tx } from '../db/database.ts';
import { claimIdempotencyKey, nextId } from '../idempotency/idempotency.queries.ts';
import { Refusal, refusable, type Result } from '../errors/errors.ts';
import type { EventLog } from '../events/log.ts';
import type { ModerationLog } from '../moderation-log/moderation-log.ts';
import { insertHold } from '../screening/comment-hold.queries.ts';
import type { Hold } from '../screening/phases.ts';
import { lockScreenedArticle } from '../screening/screened-article.queries.ts';
import type { Screening } from '../screening/screening.ts';
import {
  insertComment,
  lockParent,
  type NewComment,
  type ParentRow,
  updateAncestorCounts,
} from './comment-write.queries.ts';
import type { CommentLimits } from './comment.policy.ts';
import type { CommentKey } from './comment.queries.ts';
import { heldEvent, requireAccepted } from './held-text.ts';
import type { RenderedBody } from './held-edit.queries.ts';
import { renderComment } from './comment-render.ts';
import { type WrittenComment, WrittenComments } from './written-comments.ts';

/** The place of a new comment: an article, or a page of another site that has none yet. */
export type CommentTarget =
  | {
      readonly articleId: string;
      readonly parentId: string | undefined;
      /** The field of the input that has named the article. */
      readonly field: 'articleId' | 'articleUrl';
    }
  | {
      readonly page: URL;
      /** Called before the page is asked for. @throws RequestError RATE_LIMITED */
      readonly admit: () => Promise<void>;
    };

export interface AddCommentCommand {
  readonly target: CommentTarget;
  readonly body: string;
  readonly idempotencyKey: string | undefined;
}

export interface AddedComment {
  readonly key: CommentKey;
  /** Undefined when the comment has to be read again. */
  readonly seen?: WrittenComment | undefined;
}

export interface CommentServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly moderationLog: ModerationLog;
  /** Decides which texts wait for a moderator. */
  readonly screening: Pick<Screening, 'screen'>;
  readonly limits: CommentLimits;
  /** Makes articles for pages that have none. */
  readonly newThreads: Pick<NewThreads, 'prepare'>;
}

/** A new comment with its rendered text. */
interface RenderedComment {
  readonly body: RenderedBody;
  readonly idempotencyKey: string | undefined;
}

interface StoredComment {
  readonly key: CommentKey;
  readonly isPublished: boolean;
}

/** The place of a comment whose article is known. */
interface CommentPlace {
  readonly articleId: string;
  readonly parentId: string | undefined;
  readonly field: 'articleId' | 'articleUrl';
  /** Whether the transaction has made the article, whose publication has no event yet. */
  readonly isNewArticle: boolean;
}

/** The event that makes a new article public. */
const published = { kind: 'ARTICLE_UPDATED' } as const;

function requireOpen<Facts extends ArticleFacts>(
  article: Facts | undefined,
  viewer: Viewer,
  field: string,
): Facts {
  if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', [field]);
  if (!canComment(article, viewer)) throw new Refusal('COMMENTS_CLOSED', [field]);
  return article;
}

/** Commands on comments; each command is one transaction, which ends with an event if the change is public. */
export class CommentService {
  readonly #db: Database;
  readonly #log: EventLog;
  readonly #moderationLog: ModerationLog;
  readonly #screening: Pick<Screening, 'screen'>;
  readonly #limits: CommentLimits;
  readonly #newThreads: Pick<NewThreads, 'prepare'>;
  readonly #written: WrittenComments;

  constructor(options: CommentServiceOptions) {
    this.#db = options.db;
    this.#written = new WrittenComments(options.db);
    this.#log = options.log;
    this.#moderationLog = options.moderationLog;
    this.#screening = options.screening;
    this.#limits = options.limits;
    this.#newThreads = options.newThreads;
  }

  /** At a page without an article, the comment and the article are stored in one transaction, or neither is. */
  addComment(viewer: Viewer, { target, ...command }: AddCommentCommand): Promise<Result<AddedComment>> {
    return refusable(async () => {
      requireVoice(viewer);
      const body = await renderComment(command.body, this.#limits);
      const added =
        'page' in target
          ? await this.#addFirst(viewer, target, { ...command, body })
          : await this.#db.transactionFor(articleScope(viewer, target.articleId), (tx) =>
              this.#add(tx, viewer, { ...target, isNewArticle: false }, { ...command, body }),
            );
      const { key, isPublished } = added;
      if (!isPublished) return { key };
      const { articleId, id } = key;
      const parentId = 'page' in target ? undefined : target.parentId;
      const ids = parentId === undefined ? [id] : [id, parentId];
      // The comment is stored, so a failure is none of this command's.
      const seen = await this.#written.load({ articleId, ids }).catch(() => undefined);
      return { key, seen };
    });
  }

  /** Adds a comment to the article of a page, which is made if there is none. */
  async #addFirst(
    viewer: Viewer,
    { page, admit }: Extract<CommentTarget, { page: URL }>,
    text: RenderedComment,
  ): Promise<StoredComment> {
    // No connection of the database is held meanwhile.
    const article = await this.#newThreads.prepare(page, admit);
    const scope = { client: clientOf(viewer), subject: `address:${article.canonicalUrl}` };
    return this.#db.transactionFor(scope, async (tx) => {
      const { articleId, isNew } = await ensurePageArticle(tx, article);
      const place = { articleId, parentId: undefined, field: 'articleUrl', isNewArticle: isNew } as const;
      return this.#add(tx, viewer, place, text);
    });
  }

  async #add(tx: Tx, viewer: Viewer, place: CommentPlace, text: RenderedComment): Promise<StoredComment> {
    const { articleId, parentId, field, isNewArticle } = place;
    const { body, idempotencyKey } = text;
    const [{ resultId: id, isFirst }, article, parent] = await Promise.all([
      idempotencyKey === undefined
        ? nextId(tx, 'comment_id_seq').then((resultId) => ({ resultId, isFirst: true }))
        : claimIdempotencyKey(tx, {
            accountId: viewer.accountId,
            key: idempotencyKey,
            input: ['addComment', articleId, parentId ?? null, body.markdown],
            articleId,
            idSequence: 'comment_id_seq',
          }),
      lockScreenedArticle(tx, articleId),
      parentId === undefined ? undefined : lockParent(tx, articleId, parentId),
    ]);
    const key = { articleId, id };
    if (!isFirst) return { key, isPublished: false };
    const open = requireOpen(article, viewer, field);
    if (parentId !== undefined) this.#requireRepliable(parent);
    const verdict = await this.#screening.screen(tx, {
      viewer,
      articleId,
      commentId: undefined,
      article: open,
      facts: open,
      ...body,
    });
    const hold = requireAccepted(verdict);
    const { accountId } = viewer;
    const status = hold ? 'PENDING' : 'PUBLISHED';
    const comment: NewComment = { articleId, id, parent, accountId, status, idempotencyKey, ...body };
    const before = isNewArticle ? [published] : [];
    if (hold) await this.#hold(tx, comment, hold, before);
    else await this.#publish(tx, comment, before);
    return { key, isPublished: !hold };
  }

  /** Stores a comment that waits for a moderator. It is not public, so the article's log learns nothing of it. */
  async #hold(tx: Tx, comment: NewComment, hold: Hold, before: readonly (typeof published)[]): Promise<void> {
    const { articleId, id: commentId, accountId } = comment;
    const text = { articleId, commentId, revision: 1 };
    await insertComment(tx, comment);
    await insertHold(tx, text, hold);
    const held = heldEvent(text, accountId, hold.phase);
    if (before.length === 0) return this.#moderationLog.appendLast(tx, [held]);
    await this.#moderationLog.append(tx, [held]);
    await this.#log.appendAll(tx, articleId, before);
  }

  /** @param before events of the same transaction that come before the comment's */
  async #publish(tx: Tx, comment: NewComment, before: readonly (typeof published)[]): Promise<void> {
    const { articleId, id, parent, idempotencyKey } = comment;
    const place = parent && { articleId, parentId: parent.id, rootId: parent.rootId };
    // The order is that of the statements: a transaction runs them one after the other.
    await Promise.all([
      insertComment(tx, comment),
      place && updateAncestorCounts(tx, place, { published: 1, listed: 1 }),
      this.#log.appendAll(
        tx,
        articleId,
        [...before, { kind: 'COMMENT_ADDED', commentId: id, idempotencyKey }],
        { comments: 1, listed: 1, listedRoots: parent ? 0 : 1 },
      ),
    ]);
  }

  #requireRepliable(parent: ParentRow | undefined): void {
    // For a reply, a pending or rejected comment does not exist, nor does one that was removed in that state.
    if (!parent?.wasPublic) throw new Refusal('NOT_FOUND', ['parentId']);
    if (parent.status !== 'PUBLISHED') throw new Refusal('PARENT_REMOVED', ['parentId']);
    if (parent.depth >= this.#limits.maxDepth) throw new Refusal('NESTED_TOO_DEEP', ['parentId']);
  }
}
