import { articleScope } from '../article/article-scope.ts';
import {
  type ArticleFacts,
  canComment,
  canSeeArticle,
  type CommentPolicy,
} from '../article/article.policy.ts';
import { lockArticle } from '../article/article.queries.ts';
import { isModerator, requireVoice, type Viewer } from '../auth/viewer.ts';
import type { Database, Tx } from '../db/database.ts';
import { claimIdempotencyKey, nextId } from '../idempotency/idempotency.queries.ts';
import { Refusal, refusable, type Result } from '../errors/errors.ts';
import type { EventLog } from '../events/log.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { isVisible } from '../text/plain.ts';
import { requireRendered, requireText } from '../text/rules.ts';
import type { Clock } from '../time/clock.ts';
import {
  hasEverReplied,
  insertComment,
  lockComment,
  type LockedCommentRow,
  lockParent,
  type NewComment,
  type ParentRow,
  updateAncestorCounts,
  updateCommentBody,
  updateCommentRemoved,
} from './comment-write.queries.ts';
import {
  canSeeComment,
  type CommentLimits,
  isEditHeld,
  refusalToEdit,
  refusalToRemove,
} from './comment.policy.ts';
import type { CommentKey } from './comment.queries.ts';
import { deleteDecision, upsertDecision } from './decision.queries.ts';
import { keptReason } from './decision.ts';
import { selectHeldEdit, updateHeldEditSettled, upsertHeldEdit } from './held-edit.queries.ts';
import { type WrittenComment, WrittenComments } from './written-comments.ts';

export interface AddCommentCommand {
  readonly articleId: string;
  readonly parentId: string | undefined;
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
  readonly inbox: Inbox;
  readonly limits: CommentLimits;
  readonly clock: Clock;
}

/** A locked comment that is removed, by whom, and why. */
interface Removal {
  readonly comment: LockedCommentRow;
  readonly viewer: Viewer;
  readonly reason: string | null;
}

function requireOpen(article: ArticleFacts | undefined, viewer: Viewer): CommentPolicy {
  if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', ['articleId']);
  if (!canComment(article, viewer)) throw new Refusal('COMMENTS_CLOSED', ['articleId']);
  return article.commentPolicy;
}

/** Commands on comments; each command is one transaction, which ends with an event if the change is public. */
export class CommentService {
  readonly #db: Database;
  readonly #log: EventLog;
  readonly #inbox: Inbox;
  readonly #limits: CommentLimits;
  readonly #clock: Clock;
  readonly #written: WrittenComments;

  constructor(options: CommentServiceOptions) {
    this.#db = options.db;
    this.#written = new WrittenComments(options.db);
    this.#log = options.log;
    this.#inbox = options.inbox;
    this.#limits = options.limits;
    this.#clock = options.clock;
  }

  addComment(viewer: Viewer, command: AddCommentCommand): Promise<Result<AddedComment>> {
    return refusable(async () => {
      const { articleId, parentId, idempotencyKey } = command;
      requireVoice(viewer);
      const body = await this.#render(command.body);
      const added = await this.#db.transactionFor(articleScope(viewer, articleId), async (tx) => {
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
          lockArticle(tx, articleId),
          parentId === undefined ? undefined : lockParent(tx, articleId, parentId),
        ]);
        const key = { articleId, id };
        if (!isFirst) return { key, isPublished: false };
        const policy = requireOpen(article, viewer);
        if (parentId !== undefined) this.#requireRepliable(parent);
        const status = policy === 'PREMODERATED' && !isModerator(viewer) ? 'PENDING' : 'PUBLISHED';
        const { accountId } = viewer;
        const comment: NewComment = { articleId, id, parent, accountId, status, idempotencyKey, ...body };
        // A pending comment is not public, so it has no event.
        if (status === 'PENDING') await insertComment(tx, comment);
        else await this.#publish(tx, comment);
        return { key, isPublished: status === 'PUBLISHED' };
      });
      const { key, isPublished } = added;
      if (!isPublished) return { key };
      const ids = parentId === undefined ? [key.id] : [key.id, parentId];
      // The comment is stored, so a failure is none of this command's.
      const seen = await this.#written.load({ articleId, ids }).catch(() => undefined);
      return { key, seen };
    });
  }

  async #publish(tx: Tx, comment: NewComment): Promise<void> {
    const { articleId, id, parent, idempotencyKey } = comment;
    const place = parent && { articleId, parentId: parent.id, rootId: parent.rootId };
    // The order is that of the statements: a transaction runs them one after the other.
    await Promise.all([
      insertComment(tx, comment),
      place && updateAncestorCounts(tx, place, { published: 1, listed: 1 }),
      this.#log.append(tx, {
        articleId,
        kind: 'COMMENT_ADDED',
        commentId: id,
        idempotencyKey,
        counts: { comments: 1, listed: 1, listedRoots: parent ? 0 : 1 },
      }),
    ]);
  }

  /**
   * Gives a comment a new text, or holds the text for a moderator; a held text changes nothing for readers and has no
   * event.
   * @param expectedRevision the revision from which the new text was made; undefined for any
   */
  editComment(
    viewer: Viewer,
    key: CommentKey,
    body: string,
    expectedRevision: number | undefined,
  ): Promise<Result<CommentKey>> {
    return refusable(async () => {
      const rendered = await this.#render(body);
      return this.#db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const [comment, held] = await Promise.all([
          this.#requireSeen(tx, key, viewer),
          selectHeldEdit(tx, key),
        ]);
        const refusal = refusalToEdit(comment, viewer, this.#limits, this.#clock.now());
        if (refusal) throw new Refusal(refusal, ['commentId']);
        const last = held ?? comment;
        if (expectedRevision !== undefined && expectedRevision !== last.revision) {
          throw new Refusal('STALE_REVISION', ['expectedRevision']);
        }
        const isPublicText = rendered.markdown === comment.bodyMarkdown;
        if (!isPublicText && isEditHeld(comment, viewer)) {
          if (rendered.markdown === held?.bodyMarkdown) return key;
          await upsertHeldEdit(tx, key, rendered);
          if (held) await deleteDecision(tx, key);
          return key;
        }
        if (held) {
          await updateHeldEditSettled(tx, key);
          await deleteDecision(tx, key);
        }
        if (isPublicText) return key;
        await updateCommentBody(tx, key, rendered);
        if (comment.listed) {
          await this.#log.append(tx, { articleId: key.articleId, kind: 'COMMENT_EDITED', commentId: key.id });
        }
        return key;
      });
    });
  }

  /**
   * Removes a comment. Removing a removed comment again returns the same result.
   * @param reason for the author, if a moderator removes the comment of somebody else
   * @returns whether the comment left no tombstone
   */
  removeComment(
    viewer: Viewer,
    key: CommentKey,
    reason?: string | null,
  ): Promise<Result<{ key: CommentKey; vanished: boolean }>> {
    return refusable(() =>
      this.#db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const comment = await lockComment(tx, key.articleId, key.id);
        if (!comment || !canSeeArticle(comment.article, viewer))
          throw new Refusal('NOT_FOUND', ['commentId']);
        const refusal = refusalToRemove(comment, viewer);
        // A viewer who may not remove the comment learns no more from the refusal than from a query.
        if (refusal) throw new Refusal(canSeeComment(comment, viewer) ? refusal : 'NOT_FOUND', ['commentId']);
        const kept = keptReason(reason);
        if (comment.status === 'REMOVED') return { key, vanished: !comment.listed };
        await this.#tellOfRemoval(tx, key, { comment, viewer, reason: kept });
        return { key, vanished: !(await this.#remove(tx, key, comment)) };
      }),
    );
  }

  /** Tells the author of a moderator's removal, and keeps the reason. Nobody is told of their own. */
  async #tellOfRemoval(
    tx: Tx,
    key: CommentKey,
    { comment: { accountId }, viewer, reason }: Removal,
  ): Promise<void> {
    if (accountId === null || accountId === viewer.accountId) return deleteDecision(tx, key);
    await upsertDecision(tx, key, { kind: 'REMOVED', reason });
    const { articleId, id: commentId } = key;
    await this.#inbox.add(tx, [{ accountId, kind: 'COMMENT_REMOVED', articleId, commentId }]);
  }

  /** @returns whether a tombstone remains */
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

  async #render(body: string): Promise<{ markdown: string; html: string; text: string }> {
    const markdown = requireText(body, { field: 'body', max: this.#limits.maxLength });
    const { html, text } = await requireRendered(markdown, { field: 'body', profile: 'comment' });
    // Markdown can contain marks without text, such as a rule or an empty quotation.
    if (!isVisible(text)) throw new Refusal('EMPTY_TEXT', ['body']);
    return { markdown, html, text };
  }

  #requireRepliable(parent: ParentRow | undefined): void {
    // For a reply, a pending or rejected comment does not exist, nor does one that was removed in that state.
    if (!parent?.wasPublic) throw new Refusal('NOT_FOUND', ['parentId']);
    if (parent.status !== 'PUBLISHED') throw new Refusal('PARENT_REMOVED', ['parentId']);
    if (parent.depth >= this.#limits.maxDepth) throw new Refusal('NESTED_TOO_DEEP', ['parentId']);
  }

  async #requireSeen(tx: Tx, key: CommentKey, viewer: Viewer): Promise<LockedCommentRow> {
    const comment = await lockComment(tx, key.articleId, key.id);
    if (!comment || !canSeeComment(comment, viewer)) throw new Refusal('NOT_FOUND', ['commentId']);
    return comment;
  }
}
