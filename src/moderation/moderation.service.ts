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
import { publishHeldEdit, selectHeldEdit, updateHeldEditRejected } from '../comment/held-edit.queries.ts';
import type { Database, Tx } from '../db/database.ts';
import { Refusal, refusable, type Result } from '../errors/errors.ts';
import type { EventLog } from '../events/log.ts';
import { canSetCommentPolicy, refusalToModerate } from './moderation.policy.ts';
import { updateCommentPolicy } from './moderation.queries.ts';

/** Moderators' commands. Each command may be repeated; a repetition changes nothing. */
export class ModerationService {
  readonly #db: Database;
  readonly #log: EventLog;

  constructor(db: Database, log: EventLog) {
    this.#db = db;
    this.#log = log;
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
      if (comment.status === 'PUBLISHED') return this.#approveEdit(tx, key, expectedRevision);
      requireHeld(comment, expectedRevision);
      await requireListedParent(tx, key.articleId, comment.parentId);
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
    expectedRevision: number | undefined,
  ): Promise<Result<CommentKey>> {
    return this.#moderate(viewer, key, async (tx, comment) => {
      if (comment.status === 'REJECTED') return;
      if (comment.status === 'PUBLISHED') return this.#rejectEdit(tx, key, expectedRevision);
      requireHeld(comment, expectedRevision);
      await updateCommentStatus(tx, key, 'REJECTED');
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

  async #approveEdit(tx: Tx, key: CommentKey, expectedRevision: number | undefined): Promise<void> {
    const edit = await selectHeldEdit(tx, key);
    if (!edit) return;
    // A moderator who gives no revision, or another one, may have read the public text, or may be repeating the request
    // that published it.
    if (expectedRevision !== edit.revision) throw new Refusal('STALE_REVISION', ['expectedRevision']);
    await publishHeldEdit(tx, key);
    await this.#log.append(tx, { articleId: key.articleId, kind: 'COMMENT_EDITED', commentId: key.id });
  }

  async #rejectEdit(tx: Tx, key: CommentKey, expectedRevision: number | undefined): Promise<void> {
    const edit = await selectHeldEdit(tx, key);
    if (!edit) throw new Refusal('WRONG_STATUS', ['commentId'], 'It is public: remove it.');
    if (edit.status === 'REJECTED') return;
    if (expectedRevision !== edit.revision) throw new Refusal('STALE_REVISION', ['expectedRevision']);
    await updateHeldEditRejected(tx, key);
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
