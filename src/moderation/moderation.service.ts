import { articleScope } from '../article/article-scope.ts';
import { canSeeArticle, type CommentPolicy } from '../article/article.policy.ts';
import { lockArticleForChange } from '../article/article-write.queries.ts';
import type { Viewer } from '../auth/viewer.ts';
import {
  lockComment,
  type LockedCommentRow,
  lockParent,
  updateAncestorCounts,
  updateCommentStatus,
} from '../comment/comment-write.queries.ts';
import { canSeeComment } from '../comment/comment.policy.ts';
import type { CommentKey } from '../comment/comment.queries.ts';
import { deleteDecision, upsertDecision } from '../comment/decision.queries.ts';
import { keptReason } from '../comment/decision.ts';
import { publishHeldEdit, selectHeldEdit, updateHeldEditRejected } from '../comment/held-edit.queries.ts';
import type { Database, Tx } from '../db/database.ts';
import { Refusal, refusable, type Result } from '../errors/errors.ts';
import type { EventLog } from '../events/log.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { NotificationKind } from '../inbox/notification-kinds.ts';
import { canSetCommentPolicy, refusalToModerate } from './moderation.policy.ts';
import { updateCommentPolicy } from './moderation.queries.ts';

export interface ModerationServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly inbox: Inbox;
}

/** What a moderator decides on. */
interface Rejection {
  /** The revision that the moderator has read; undefined for any. */
  readonly expectedRevision: number | undefined;
  /** For the author. */
  readonly reason?: string | null | undefined;
}

/** A locked comment, and who moderates it. */
interface Moderated {
  readonly key: CommentKey;
  readonly comment: LockedCommentRow;
  readonly viewer: Viewer;
}

/** Moderators' commands. Each command may be repeated; a repetition changes nothing. */
export class ModerationService {
  readonly #db: Database;
  readonly #log: EventLog;
  readonly #inbox: Inbox;

  constructor({ db, log, inbox }: ModerationServiceOptions) {
    this.#db = db;
    this.#log = log;
    this.#inbox = inbox;
  }

  /**
   * Restores a removed comment to its earlier status: public, pending or rejected. Includes comments that left no
   * tombstone.
   */
  restoreComment(viewer: Viewer, key: CommentKey): Promise<Result<CommentKey>> {
    return this.#moderate(viewer, key, async (tx, comment) => {
      if (comment.removedStatus === null) {
        if (comment.status !== 'PUBLISHED')
          throw new Refusal('WRONG_STATUS', ['commentId'], 'It was not removed.');
        return;
      }
      // The comment was imported as a tombstone, or its author was erased.
      if (comment.bodyMarkdown === '')
        throw new Refusal('WRONG_STATUS', ['commentId'], 'Its text is gone for good.');
      await deleteDecision(tx, key);
      if (comment.removedStatus !== 'PUBLISHED') {
        await updateCommentStatus(tx, key, comment.removedStatus);
        return;
      }
      // A comment that stayed as a tombstone is already listed.
      await this.#publish(tx, key, comment, { kind: 'COMMENT_RESTORED', listed: comment.listed ? 0 : 1 });
    });
  }

  /**
   * Publishes a held comment, or the held edit of a public comment.
   * @param expectedRevision the revision that the moderator has read and approves; undefined for any revision of a held
   * comment, but not for a held edit
   */
  approveComment(
    viewer: Viewer,
    key: CommentKey,
    expectedRevision: number | undefined,
  ): Promise<Result<CommentKey>> {
    return this.#moderate(viewer, key, async (tx, comment) => {
      if (comment.status === 'PUBLISHED')
        return this.#approveEdit(tx, { key, comment, viewer }, expectedRevision);
      requireHeld(comment, expectedRevision);
      await requireListedParent(tx, key.articleId, comment.parentId);
      await deleteDecision(tx, key);
      await this.#tell(tx, { key, comment, viewer }, 'COMMENT_APPROVED');
      await this.#publish(tx, key, comment, {
        kind: 'COMMENT_ADDED',
        idempotencyKey: comment.heldKey ?? undefined,
        listed: 1,
      });
    });
  }

  /** Rejects a held comment or a held edit. Neither was ever public, so there is no event. */
  rejectComment(
    viewer: Viewer,
    key: CommentKey,
    { expectedRevision, reason }: Rejection,
  ): Promise<Result<CommentKey>> {
    return this.#moderate(viewer, key, async (tx, comment) => {
      const kept = keptReason(reason);
      const moderated = { key, comment, viewer };
      if (comment.status === 'REJECTED') return;
      if (comment.status === 'PUBLISHED') {
        if (await this.#rejectEdit(tx, key, expectedRevision))
          await this.#tell(tx, moderated, 'EDIT_REJECTED', kept);
        return;
      }
      requireHeld(comment, expectedRevision);
      await updateCommentStatus(tx, key, 'REJECTED');
      await this.#tell(tx, moderated, 'COMMENT_REJECTED', kept);
    });
  }

  setCommentPolicy(viewer: Viewer, articleId: string, policy: CommentPolicy): Promise<Result<string>> {
    return refusable(() =>
      this.#db.transactionFor(articleScope(viewer, articleId), async (tx) => {
        const article = await lockArticleForChange(tx, articleId);
        if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', ['articleId']);
        if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
        if (!canSetCommentPolicy(article, viewer)) throw new Refusal('FORBIDDEN', ['articleId']);
        if (article.commentPolicy === policy) return articleId;
        await updateCommentPolicy(tx, articleId, policy);
        // An article that is not published has no public history.
        if (article.status === 'PUBLISHED')
          await this.#log.append(tx, { articleId, kind: 'COMMENT_POLICY_CHANGED' });
        return articleId;
      }),
    );
  }

  /** Tells the author of a decision, and stores one against the comment with its reason. Nobody is told of their own. */
  async #tell(
    tx: Tx,
    { key, comment: { accountId }, viewer }: Moderated,
    kind: Extract<NotificationKind, `COMMENT_${string}` | `EDIT_${string}`>,
    reason: string | null = null,
  ): Promise<void> {
    if (accountId === null || accountId === viewer.accountId) return;
    if (kind === 'COMMENT_REJECTED') await upsertDecision(tx, key, { kind: 'REJECTED', reason });
    if (kind === 'EDIT_REJECTED') await upsertDecision(tx, key, { kind, reason });
    await this.#inbox.add(tx, [{ accountId, kind, articleId: key.articleId, commentId: key.id }]);
  }

  async #approveEdit(tx: Tx, moderated: Moderated, expectedRevision: number | undefined): Promise<void> {
    const { key } = moderated;
    const edit = await selectHeldEdit(tx, key);
    if (!edit) return;
    // A moderator who gives no revision, or another one, may have read the public text, or may be repeating the request
    // that published it.
    if (expectedRevision !== edit.revision) throw new Refusal('STALE_REVISION', ['expectedRevision']);
    await publishHeldEdit(tx, key);
    await deleteDecision(tx, key);
    await this.#tell(tx, moderated, 'EDIT_APPROVED');
    await this.#log.append(tx, { articleId: key.articleId, kind: 'COMMENT_EDITED', commentId: key.id });
  }

  /** @returns whether it was not rejected before */
  async #rejectEdit(tx: Tx, key: CommentKey, expectedRevision: number | undefined): Promise<boolean> {
    const edit = await selectHeldEdit(tx, key);
    if (!edit) throw new Refusal('WRONG_STATUS', ['commentId'], 'It is public: remove it.');
    if (edit.status === 'REJECTED') return false;
    if (expectedRevision !== edit.revision) throw new Refusal('STALE_REVISION', ['expectedRevision']);
    await updateHeldEditRejected(tx, key);
    return true;
  }

  #moderate(
    viewer: Viewer,
    key: CommentKey,
    command: (tx: Tx, comment: LockedCommentRow) => Promise<void>,
  ): Promise<Result<CommentKey>> {
    return refusable(() =>
      this.#db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const comment = await lockComment(tx, key.articleId, key.id);
        if (!comment || !canSeeArticle(comment.article, viewer))
          throw new Refusal('NOT_FOUND', ['commentId']);
        const refusal = refusalToModerate(viewer);
        // A viewer who may not moderate learns no more from the refusal than from a query.
        if (refusal) throw new Refusal(canSeeComment(comment, viewer) ? refusal : 'NOT_FOUND', ['commentId']);
        await command(tx, comment);
        return key;
      }),
    );
  }

  /**
   * Publishes a comment, counts it, and appends the event.
   * @param fact the event; `listed` is 1 if the comment gets a place in the thread that it did not have before
   */
  async #publish(
    tx: Tx,
    { articleId, id: commentId }: CommentKey,
    { parentId, rootId }: LockedCommentRow,
    fact: { kind: 'COMMENT_ADDED' | 'COMMENT_RESTORED'; idempotencyKey?: string | undefined; listed: 0 | 1 },
  ): Promise<void> {
    const { listed, ...event } = fact;
    if (parentId !== null)
      await updateAncestorCounts(tx, { articleId, parentId, rootId }, { published: 1, listed });
    await updateCommentStatus(tx, { articleId, id: commentId }, 'PUBLISHED');
    await this.#log.append(tx, {
      articleId,
      commentId,
      ...event,
      counts: { comments: 1, listed, listedRoots: parentId === null ? listed : 0 },
    });
  }
}

function requireHeld(comment: LockedCommentRow, expectedRevision: number | undefined): void {
  if (comment.status === 'REMOVED') throw new Refusal('COMMENT_REMOVED', ['commentId']);
  if (expectedRevision !== undefined && expectedRevision !== comment.revision)
    throw new Refusal('STALE_REVISION', ['expectedRevision']);
}

/** Locks the parent against removal; a comment under a parent that was removed without a tombstone cannot be shown. */
async function requireListedParent(tx: Tx, articleId: string, parentId: string | null): Promise<void> {
  if (parentId === null) return;
  const parent = await lockParent(tx, articleId, parentId);
  if (!parent?.listed) throw new Refusal('PARENT_REMOVED', ['commentId']);
}
