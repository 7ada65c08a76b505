import { articleScope } from '../article/article-scope.ts';
import { ensurePageArticle } from '../article/page-article.ts';
import type { NewThreads } from '../article/new-threads.ts';
import { type ArticleFacts, canComment, canSeeArticle } from '../article/article.policy.ts';
import { clientOf, isAccount, requireVoice, type Viewer } from '../auth/viewer.ts';
import type { Database, Tx } from '../db/database.ts';
import { claimIdempotencyKey, nextId } from '../idempotency/idempotency.queries.ts';
import { Refusal, refusable, type Result } from '../errors/errors.ts';
import type { EventLog } from '../events/log.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { closeReports } from '../moderation-log/comment-report.queries.ts';
import { withdrawHeldByReports } from '../moderation-log/held-by-reports.queries.ts';
import { insertDecision } from '../moderation-log/moderation-decision.queries.ts';
import type { ModerationReason } from '../moderation-log/moderation-event-kinds.ts';
import { lockItem, selectItems, settleTakenBack } from '../moderation-log/moderation-item.queries.ts';
import { actorOf, type ModerationLog, type NewModerationEvent } from '../moderation-log/moderation-log.ts';
import { insertHold } from '../screening/comment-hold.queries.ts';
import type { Hold } from '../screening/phases.ts';
import { lockScreenedArticle } from '../screening/screened-article.queries.ts';
import type { Screening } from '../screening/screening.ts';
import {
  insertComment,
  lockComment,
  type LockedCommentRow,
  lockParent,
  type NewComment,
  type ParentRow,
  updateAncestorCounts,
} from './comment-write.queries.ts';
import { removeLocked } from './comment-removal.ts';
import { canSeeComment, type CommentLimits, refusalToRemove } from './comment.policy.ts';
import type { CommentKey } from './comment.queries.ts';
import { deleteDecision, upsertDecision } from './decision.queries.ts';
import { keptReason } from './decision.ts';
import { heldEvent, requireAccepted, withdrawnEvent } from './held-text.ts';
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
  readonly inbox: Inbox;
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

/** Why a moderator removes a comment. */
export interface WhyRemoved {
  readonly note?: string | null | undefined;
  readonly reason: ModerationReason | null;
}

/** A locked comment that is removed, by whom, and why. */
interface RemovalBy {
  readonly comment: LockedCommentRow;
  readonly viewer: Viewer;
  readonly reason: ModerationReason | null;
  /** As it is stored. */
  readonly note: string | null;
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
  readonly #inbox: Inbox;
  readonly #screening: Pick<Screening, 'screen'>;
  readonly #limits: CommentLimits;
  readonly #newThreads: Pick<NewThreads, 'prepare'>;
  readonly #written: WrittenComments;

  constructor(options: CommentServiceOptions) {
    this.#db = options.db;
    this.#written = new WrittenComments(options.db);
    this.#log = options.log;
    this.#moderationLog = options.moderationLog;
    this.#inbox = options.inbox;
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

  /**
   * Removes a comment. Removing a removed comment again returns the same result.
   * @param why for the author and the log of moderation, if a moderator removes the comment of somebody else
   * @returns whether the comment left no tombstone
   */
  removeComment(
    viewer: Viewer,
    key: CommentKey,
    why: WhyRemoved,
  ): Promise<Result<{ key: CommentKey; vanished: boolean }>> {
    return refusable(() =>
      this.#db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const comment = await lockComment(tx, key.articleId, key.id);
        if (!comment || !canSeeArticle(comment.article, viewer))
          throw new Refusal('NOT_FOUND', ['commentId']);
        const refusal = refusalToRemove(comment, viewer);
        // A viewer who may not remove the comment learns no more from the refusal than from a query.
        if (refusal) throw new Refusal(canSeeComment(comment, viewer) ? refusal : 'NOT_FOUND', ['commentId']);
        const note = keptReason(why.note);
        const removal: RemovalBy = { comment, viewer, note, reason: why.reason };
        if (comment.status === 'REMOVED') {
          const settled = await this.#settleHeld(tx, key, removal);
          if (settled) await this.#moderationLog.appendLast(tx, [settled]);
          return { key, vanished: !comment.listed };
        }
        // A moderator's removal is a decision; an author takes back what waits, or what was reported.
        const told =
          (await this.#decideRemoval(tx, key, removal)) ?? (await this.#withdrawn(tx, key, removal));
        const { stays, event } = await removeLocked(tx, key, comment);
        if (told && event) await this.#moderationLog.append(tx, [told]);
        else if (told) await this.#moderationLog.appendLast(tx, [told]);
        if (event) await this.#log.append(tx, event);
        return { key, vanished: !stays };
      }),
    );
  }

  /**
   * A comment that reports have taken back stays removed if its author or a moderator says so. No moderator has to look at it any more.
   * @returns the event that tells moderators; undefined: reports hold no such comment
   */
  async #settleHeld(tx: Tx, key: CommentKey, removal: RemovalBy): Promise<NewModerationEvent | undefined> {
    const { comment, viewer } = removal;
    const { articleId, id: commentId } = key;
    if (isAccount(viewer, comment.accountId)) {
      if (!(await withdrawHeldByReports(tx, key))) return undefined;
      return withdrawnEvent(viewer, key, comment.revision);
    }
    const item = await lockItem(tx, articleId, commentId);
    if (item?.held !== 'REPORTS') return undefined;
    const told = await this.#decideRemoval(tx, key, removal);
    await settleTakenBack(tx, { articleId, commentId });
    return told;
  }

  /** An author takes back what waits, or what was reported. @returns the event; undefined: neither is so */
  async #withdrawn(
    tx: Tx,
    key: CommentKey,
    { comment, viewer }: RemovalBy,
  ): Promise<NewModerationEvent | undefined> {
    const [queued] = isAccount(viewer, comment.accountId)
      ? await selectItems(tx, [{ articleId: key.articleId, commentId: key.id }])
      : [];
    return queued && withdrawnEvent(viewer, key, comment.revision);
  }

  /**
   * Stores the decision of a moderator who removes the comment of somebody else, and tells its author.
   * @returns the event that tells moderators; undefined for one's own comment
   */
  async #decideRemoval(
    tx: Tx,
    key: CommentKey,
    { comment: { accountId, status, revision }, viewer, reason, note }: RemovalBy,
  ): Promise<NewModerationEvent | undefined> {
    const { articleId, id: commentId } = key;
    if (accountId === viewer.accountId) {
      await deleteDecision(tx, key);
      return undefined;
    }
    const about = { actor: actorOf(viewer), articleId, commentId, revision, subjectId: accountId, reason };
    const item = await lockItem(tx, articleId, commentId);
    const before = { status, held: item?.held ?? null };
    const decisionId = await insertDecision(tx, { kind: 'REMOVED', ...about, note, before });
    await closeReports(tx, { articleId, commentId }, { state: 'UPHELD', decisionId });
    if (accountId === null) {
      await deleteDecision(tx, key);
    } else {
      await upsertDecision(tx, key, { kind: 'REMOVED', reason: note });
      await this.#inbox.add(tx, [{ accountId, kind: 'COMMENT_REMOVED', articleId, commentId }]);
    }
    return { kind: 'DECIDED', ...about, decisionId, detail: { decision: 'REMOVED' } };
  }

  #requireRepliable(parent: ParentRow | undefined): void {
    // For a reply, a pending or rejected comment does not exist, nor does one that was removed in that state.
    if (!parent?.wasPublic) throw new Refusal('NOT_FOUND', ['parentId']);
    if (parent.status !== 'PUBLISHED') throw new Refusal('PARENT_REMOVED', ['parentId']);
    if (parent.depth >= this.#limits.maxDepth) throw new Refusal('NESTED_TOO_DEEP', ['parentId']);
  }
}
