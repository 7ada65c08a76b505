import { canComment, canSeeArticle } from '../article/article.policy.ts';
import { lockArticle } from '../article/article.queries.ts';
import { isModerator, type Viewer } from '../auth/viewer.ts';
import type { Database, Tx } from '../db/database.ts';
import { claimIdempotencyKey, nextId } from '../db/idempotency.ts';
import { Refusal, refusable, type Result } from '../errors.ts';
import type { EventLog } from '../events/log.ts';
import { renderMarkdown } from '../text/markdown.ts';
import { isVisible } from '../text/plain.ts';
import { requireText } from '../text/rules.ts';
import type { Clock } from '../time/clock.ts';
import {
  hasEverReplied,
  insertComment,
  lockComment,
  type LockedCommentRow,
  lockParent,
  type ParentRow,
  updateAncestorCounts,
  updateCommentBody,
  updateCommentRemoved,
} from './comment-write.queries.ts';
import { canSeeComment, type CommentLimits, refusalToEdit, refusalToRemove } from './comment.policy.ts';
import type { CommentKey } from './comment.queries.ts';

export interface AddCommentCommand {
  readonly articleId: string;
  readonly parentId: string | undefined;
  readonly body: string;
  readonly idempotencyKey: string | undefined;
}

export interface CommentServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly limits: CommentLimits;
  readonly clock: Clock;
}

/** What is done to comments; each command is one transaction that ends with its event. */
export class CommentService {
  readonly #db: Database;
  readonly #log: EventLog;
  readonly #limits: CommentLimits;
  readonly #clock: Clock;

  constructor(options: CommentServiceOptions) {
    this.#db = options.db;
    this.#log = options.log;
    this.#limits = options.limits;
    this.#clock = options.clock;
  }

  addComment(viewer: Viewer, command: AddCommentCommand): Promise<Result<CommentKey>> {
    return refusable(async () => {
      const { articleId, parentId, idempotencyKey } = command;
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      const body = this.#render(command.body);
      return this.#db.transaction(async (tx) => {
        const { resultId: id, isFirst } = idempotencyKey
          ? await claimIdempotencyKey(tx, {
              accountId: viewer.accountId,
              key: idempotencyKey,
              input: ['addComment', articleId, parentId ?? null, body.markdown],
              articleId,
              idSequence: 'comment_id_seq',
            })
          : { resultId: await nextId(tx, 'comment_id_seq'), isFirst: true };
        if (!isFirst) return { articleId, id };

        const policy = await this.#requireOpen(tx, articleId, viewer);
        const parent =
          parentId === undefined ? undefined : await this.#requireParent(tx, articleId, parentId);
        const status = policy === 'PREMODERATED' && !isModerator(viewer) ? 'PENDING' : 'PUBLISHED';
        const { accountId } = viewer;
        await insertComment(tx, { articleId, id, parent, accountId, status, idempotencyKey, ...body });
        // A comment that waits for a moderator is no public fact yet.
        if (status === 'PENDING') return { articleId, id };
        if (parent) {
          const place = { articleId, parentId: parent.id, rootId: parent.rootId };
          await updateAncestorCounts(tx, place, { published: 1, listed: 1 });
        }
        await this.#log.append(tx, {
          articleId,
          kind: 'COMMENT_ADDED',
          commentId: id,
          idempotencyKey,
          counts: { comments: 1, listed: 1, listedRoots: parent ? 0 : 1 },
        });
        return { articleId, id };
      });
    });
  }

  /** @param expectedRevision the revision that the new text was made from; undefined: whichever there is */
  editComment(
    viewer: Viewer,
    key: CommentKey,
    body: string,
    expectedRevision: number | undefined,
  ): Promise<Result<CommentKey>> {
    return refusable(async () => {
      const rendered = this.#render(body);
      return this.#db.transaction(async (tx) => {
        const comment = await this.#requireSeen(tx, key, viewer);
        const refusal = refusalToEdit(comment, viewer, this.#limits, this.#clock.now());
        if (refusal) throw new Refusal(refusal, ['commentId']);
        if (expectedRevision !== undefined && expectedRevision !== comment.revision) {
          throw new Refusal('STALE_REVISION', ['expectedRevision']);
        }
        if (rendered.markdown === comment.bodyMarkdown) return key;
        await updateCommentBody(tx, key, rendered);
        if (comment.listed) {
          await this.#log.append(tx, { articleId: key.articleId, kind: 'COMMENT_EDITED', commentId: key.id });
        }
        return key;
      });
    });
  }

  /**
   * Removes a comment. One that is removed already stays so: whoever repeats a removal gets its outcome.
   * @returns whether the comment left nothing behind
   */
  removeComment(viewer: Viewer, key: CommentKey): Promise<Result<{ key: CommentKey; vanished: boolean }>> {
    return refusable(() =>
      this.#db.transaction(async (tx) => {
        const comment = await lockComment(tx, key.articleId, key.id);
        if (!comment || !canSeeArticle(comment.article, viewer))
          throw new Refusal('NOT_FOUND', ['commentId']);
        const refusal = refusalToRemove(comment, viewer);
        // Whoever may not remove it learns no more than from looking at it.
        if (refusal) throw new Refusal(canSeeComment(comment, viewer) ? refusal : 'NOT_FOUND', ['commentId']);
        if (comment.status === 'REMOVED') return { key, vanished: !comment.listed };
        return { key, vanished: !(await this.#remove(tx, key, comment)) };
      }),
    );
  }

  /** @returns whether a tombstone stays */
  async #remove(tx: Tx, key: CommentKey, comment: LockedCommentRow): Promise<boolean> {
    const stays = await hasEverReplied(tx, key);
    const wasPublic = comment.status === 'PUBLISHED';
    const { articleId } = key;
    const unlisted = stays ? 0 : -1;
    if (wasPublic && comment.parentId !== null) {
      const place = { articleId, parentId: comment.parentId, rootId: comment.rootId };
      await updateAncestorCounts(tx, place, { published: -1, listed: unlisted });
    }
    await updateCommentRemoved(tx, key);
    if (!wasPublic) return stays;
    await this.#log.append(tx, {
      articleId,
      kind: 'COMMENT_REMOVED',
      commentId: key.id,
      vanished: !stays,
      counts: { comments: -1, listed: unlisted, listedRoots: comment.parentId === null ? unlisted : 0 },
    });
    return stays;
  }

  #render(body: string): { markdown: string; html: string; text: string } {
    const markdown = requireText(body, { field: 'body', max: this.#limits.maxLength });
    const { html, text } = renderMarkdown(markdown, 'comment');
    // Markdown can be all marks and no text: a rule, an empty quotation.
    if (!isVisible(text)) throw new Refusal('EMPTY_TEXT', ['body']);
    return { markdown, html, text };
  }

  async #requireOpen(tx: Tx, articleId: string, viewer: Viewer) {
    const article = await lockArticle(tx, articleId);
    if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', ['articleId']);
    if (!canComment(article, viewer)) throw new Refusal('COMMENTS_CLOSED', ['articleId']);
    return article.commentPolicy;
  }

  async #requireParent(tx: Tx, articleId: string, parentId: string): Promise<ParentRow> {
    const parent = await lockParent(tx, articleId, parentId);
    // What waits or was rejected is not there to be replied to, nor is it if it was removed meanwhile.
    if (!parent?.wasPublic) throw new Refusal('NOT_FOUND', ['parentId']);
    if (parent.status !== 'PUBLISHED') throw new Refusal('PARENT_REMOVED', ['parentId']);
    if (parent.depth >= this.#limits.maxDepth) throw new Refusal('NESTED_TOO_DEEP', ['parentId']);
    return parent;
  }

  async #requireSeen(tx: Tx, key: CommentKey, viewer: Viewer): Promise<LockedCommentRow> {
    const comment = await lockComment(tx, key.articleId, key.id);
    if (!comment || !canSeeComment(comment, viewer)) throw new Refusal('NOT_FOUND', ['commentId']);
    return comment;
  }
}
