import { articleScope } from '../../articles/article/article-scope.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { NewModerationEvent } from '../../../platform/screening/moderation-log.ts';
import { carryHold, type CommentText, insertHold } from '../../screening/comment-hold.queries.ts';
import type { Hold } from '../../screening/phases.ts';
import type { Screening } from '../../screening/screening.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { lockComment, type LockedCommentRow, updateCommentBody } from './comment-write.queries.ts';
import { canSeeComment, type CommentLimits, refusalToEdit } from '../thread/comment.policy.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import {
  type HeldEditRow,
  type RenderedBody,
  selectHeldEdit,
  updateHeldEditSettled,
  upsertHeldEdit,
} from '../held/held-edit.queries.ts';
import { type CommentParts, heldEvent, requireAccepted, withdrawnEvent } from '../held/held-text.ts';
import { renderComment } from './comment-render.ts';

interface CommentEditServiceOptions extends CommentParts {
  /** Decides which texts wait for a moderator. */
  readonly screening: Pick<Screening, 'screen'>;
  readonly limits: CommentLimits;
  readonly clock: Clock;
}

/** A new text of a locked comment. */
interface Edit {
  readonly viewer: Viewer;
  readonly key: CommentKey;
  readonly comment: LockedCommentRow;
  /** The text that is held in place of the comment's own. */
  readonly held: HeldEditRow | undefined;
  readonly rendered: RenderedBody;
}

/** New texts of comments. They pass the same phases as new comments: what was approved is no pass for what replaces it. */
export class CommentEditService {
  constructor(private readonly options: CommentEditServiceOptions) {}

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
      const rendered = await renderComment(body, this.options.limits);
      return this.options.db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const [comment, held] = await Promise.all([
          this.#requireSeen(tx, key, viewer),
          selectHeldEdit(tx, key),
        ]);
        const refusal = refusalToEdit(comment, viewer, this.options.limits, this.options.clock.now());
        if (refusal) throw new Refusal(refusal, ['commentId']);
        const last = held ?? comment;
        if (expectedRevision !== undefined && expectedRevision !== last.revision) {
          throw new Refusal('STALE_REVISION', ['expectedRevision']);
        }
        const edit = { viewer, key, comment, held, rendered };
        if (rendered.markdown === comment.bodyMarkdown) return this.#settleEdit(tx, edit);
        const { articleId, id: commentId } = key;
        const { article, screening: facts } = comment;
        const candidate = { viewer, articleId, commentId, article, facts, ...rendered };
        const hold = requireAccepted(await this.options.screening.screen(tx, candidate));
        if (comment.status === 'PENDING') return this.#replacePending(tx, edit, hold);
        return hold ? this.#holdEdit(tx, edit, hold) : this.#publishEdit(tx, edit);
      });
    });
  }

  /** The text is the comment's own: whatever was held in its place is withdrawn. */
  async #settleEdit(tx: Tx, edit: Edit): Promise<CommentKey> {
    const [withdrawn] = await this.#withdrawEdit(tx, edit);
    if (withdrawn) await this.options.moderationLog.appendLast(tx, [withdrawn]);
    return edit.key;
  }

  /** @returns the event of a text that waited, and waits no longer */
  async #withdrawEdit(tx: Tx, { viewer, key, held }: Edit): Promise<NewModerationEvent[]> {
    if (!held) return [];
    await updateHeldEditSettled(tx, key);
    return held.status === 'PENDING' ? [withdrawnEvent(viewer, key, held.revision)] : [];
  }

  async #publishEdit(tx: Tx, edit: Edit): Promise<CommentKey> {
    const { key, comment, rendered } = edit;
    const withdrawn = await this.#withdrawEdit(tx, edit);
    await updateCommentBody(tx, key, rendered);
    await this.options.moderationLog.append(tx, withdrawn);
    if (comment.listed)
      await this.options.log.append(tx, {
        articleId: key.articleId,
        kind: 'COMMENT_EDITED',
        subjectId: key.id,
      });
    return key;
  }

  /** Readers go on seeing the old text. */
  async #holdEdit(tx: Tx, { viewer, key, held, rendered }: Edit, hold: Hold): Promise<CommentKey> {
    if (rendered.markdown === held?.bodyMarkdown) return key;
    const revision = await upsertHeldEdit(tx, key, rendered);
    const text = { articleId: key.articleId, commentId: key.id, revision };
    const previous = held?.status === 'PENDING' ? held.revision : undefined;
    await this.#keepWaiting(tx, viewer, { text, previous, hold });
    return key;
  }

  /** What waits goes on waiting until somebody decides, also if nothing holds the new text by itself. */
  async #replacePending(
    tx: Tx,
    { viewer, key, comment, rendered }: Edit,
    hold: Hold | undefined,
  ): Promise<CommentKey> {
    const revision = await updateCommentBody(tx, key, rendered);
    const text = { articleId: key.articleId, commentId: key.id, revision };
    await this.#keepWaiting(tx, viewer, { text, previous: comment.revision, hold });
    return key;
  }

  /**
   * Stores why a text waits that takes the place of another one. What waits for a person does not become the hook's to decide.
   * @param previous the revision of the text that has waited; undefined: none has
   */
  async #keepWaiting(
    tx: Tx,
    viewer: Viewer,
    { text, previous, hold }: { text: CommentText; previous: number | undefined; hold: Hold | undefined },
  ): Promise<void> {
    const isFound = hold !== undefined && (hold.phase !== 'HOOK' || previous === undefined);
    if (isFound) await insertHold(tx, text, hold);
    const phase =
      isFound || previous === undefined
        ? (hold?.phase ?? null)
        : await carryHold(tx, text, previous, hold?.deadlineSeconds);
    await this.options.moderationLog.appendLast(tx, [heldEvent(text, viewer.accountId, phase)]);
  }

  async #requireSeen(tx: Tx, key: CommentKey, viewer: Viewer): Promise<LockedCommentRow> {
    const comment = await lockComment(tx, key.articleId, key.id);
    if (!comment || !canSeeComment(comment, viewer)) throw new Refusal('NOT_FOUND', ['commentId']);
    return comment;
  }
}
