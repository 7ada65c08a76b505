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

/** What moderators do. Each command may be repeated: what is done already stays done. */
export class ModerationService {
  readonly #db: Database;
  readonly #log: EventLog;

  constructor(db: Database, log: EventLog) {
    this.#db = db;
    this.#log = log;
  }

  /** Puts a removed comment back as it was: public, or waiting, or rejected. Also one that left no tombstone. */
  restoreComment(viewer: Viewer, key: CommentKey): Promise<Result<CommentKey>> {
    return this.#moderate(viewer, key, async (tx, comment) => {
      if (comment.removedStatus === null) {
        if (comment.status !== 'PUBLISHED')
          throw new Refusal('WRONG_STATUS', ['commentId'], 'It was not removed.');
        return;
      }
      // Brought in as a tombstone, or its author was erased.
      if (comment.bodyMarkdown === '')
        throw new Refusal('WRONG_STATUS', ['commentId'], 'Its text is gone for good.');
      if (comment.removedStatus !== 'PUBLISHED') {
        await updateCommentStatus(tx, key, comment.removedStatus);
        return;
      }
      // One that stayed as a tombstone has its place already.
      await this.#publish(tx, key, comment, { kind: 'COMMENT_RESTORED', listed: comment.listed ? 0 : 1 });
    });
  }

  /**
   * Makes a comment public, or the new text of a public one its text.
   * @param expectedRevision the revision that was read and found good; undefined: whichever the comment has, and no new
   *   text of a public one
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

  /** Does not let a comment through that waits, or a new text. Neither was ever public, so no event tells of it. */
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
        // What is not published has no public history.
        if (article.status === 'PUBLISHED')
          await this.#log.append(tx, { articleId, kind: 'COMMENT_POLICY_CHANGED' });
        return articleId;
      }),
    );
  }

  async #approveEdit(tx: Tx, key: CommentKey, expectedRevision: number | undefined): Promise<void> {
    const edit = await selectHeldEdit(tx, key);
    if (!edit) return;
    // Whoever names no text, or another one, has read the public one perhaps, or repeats what made that public.
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
        // Whoever may not moderate learns no more than from looking at it.
        if (refusal) throw new Refusal(canSeeComment(comment, viewer) ? refusal : 'NOT_FOUND', ['commentId']);
        await command(tx, comment);
        return key;
      }),
    );
  }

  /** Makes a comment public, counts it, and says so. @param listed 1, if it has a place that it had not before */
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

/** Keeps the comment replied to in its place meanwhile; under one that has vanished nothing can be shown. */
async function requireListedParent(tx: Tx, articleId: string, parentId: string | null): Promise<void> {
  if (parentId === null) return;
  const parent = await lockParent(tx, articleId, parentId);
  if (!parent?.listed) throw new Refusal('PARENT_REMOVED', ['commentId']);
}
