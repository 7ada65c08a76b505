import { articleScope } from '../../articles/article/article-scope.ts';
import { canSeeArticle } from '../../articles/article/article.policy.ts';
import { lockAdministrators } from '../../people/account/sanction.queries.ts';
import { clientOf, isAccount, requireModerator, type Viewer } from '../../../platform/auth/viewer.ts';
import type { DeskParts } from '../../comments/held/held-text.ts';
import { lockComment } from '../../comments/writing/comment-write.queries.ts';
import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import {
  type RenderedBody,
  selectEarlierText,
  selectHeldEdit,
} from '../../comments/held/held-edit.queries.ts';
import { accountSubject, type Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import {
  findLastDecision,
  lockDecision,
  type ModerationDecisionRow,
  selectModerationDecisions,
  updateDecisionUndone,
} from '../../../platform/screening/moderation-decision.queries.ts';
import { actorOf, type NewModerationEvent } from '../../../platform/screening/moderation-log.ts';
import { requireRendered } from '../../../platform/text/rules.ts';
import { type LockedItem, lockItemOf } from './comment-decisions.ts';
import { undoOf } from './decision-undo.ts';
import {
  holdRemovals,
  selectCoveredLater,
  updateRemovalUndone,
} from '../removals/comment-removal.queries.ts';
import { isLifted, lockPerson, undoSanction } from '../sanctions/sanction.service.ts';

type UndoableKind = keyof typeof undoOf;

/** A decision about one comment. */
interface CommentDecision {
  readonly key: CommentKey;
  readonly kind: UndoableKind;
}

/** What is done in the transaction that undoes a decision, and told after it. */
type Alongside = (tx: Tx, decision: ModerationDecisionRow) => Promise<NewModerationEvent>;

/** A decision about a comment to undo, and the text that it has replaced. */
interface Undertaking {
  readonly decisionId: string;
  readonly about: CommentDecision;
  readonly replaced: RenderedBody | undefined;
  readonly alongside: Alongside | undefined;
}

/** Undoes decisions. */
export class UndoService {
  constructor(private readonly parts: DeskParts) {}

  /**
   * Undoes the last decision about a comment: what waited waits again, and reports are open again. The author is told of nothing but an
   * approval that is undone.
   * The same for a decision about an account, whose sanction before it holds again.
   * Refusals are DECISION_NOT_UNDOABLE, CLAIMED, NOT_FOUND and those of whoever may not moderate.
   */
  undoDecision(
    viewer: Viewer,
    decisionId: string,
    alongside?: Alongside,
  ): Promise<Result<CommentKey | undefined>> {
    return refusable(async () => {
      requireModerator(viewer);
      const [decision] = await selectModerationDecisions(this.parts.db.of(clientOf(viewer)), [decisionId]);
      if (!decision) throw new Refusal('NOT_FOUND', ['decisionId']);
      if (isAccount(viewer, decision.subjectId))
        throw new Refusal('FORBIDDEN', ['decisionId'], 'It is about you: another moderator has to undo it.');
      if (decision.commentId === null) return this.#undoAboutAccount(viewer, decision, alongside);
      const about = aboutComment(decision);
      const replaced = await this.#replacedText(viewer, decision, about.key);
      const { kind, subjectId } = decision;
      return this.parts.db.transactionFor(articleScope(viewer, about.key.articleId), async (tx) => {
        // Before the comment, as the works on it lock.
        if (kind === 'REMOVED' && subjectId !== null) await holdRemovals(tx, subjectId);
        return this.#undo(tx, viewer, { decisionId, about, replaced, alongside });
      });
    });
  }

  async #undo(
    tx: Tx,
    viewer: Viewer,
    { decisionId, about, replaced, alongside }: Undertaking,
  ): Promise<CommentKey> {
    const { key, kind } = about;
    const comment = await lockComment(tx, key.articleId, key.id);
    if (!comment || !canSeeArticle(comment.article, viewer)) throw new Refusal('NOT_FOUND', ['decisionId']);
    // An imported comment may have become the viewer's since it was decided on.
    if (isAccount(viewer, comment.accountId))
      throw new Refusal('FORBIDDEN', ['decisionId'], 'It is about you: another moderator has to undo it.');
    const locked = await lockItemOf(tx, key, comment);
    const { item } = locked;
    if (item && item.claimedBy !== null && item.claimedBy !== viewer.accountId)
      throw new Refusal('CLAIMED', ['decisionId']);
    const decision = await this.#lockStanding(tx, viewer, decisionId, alongside);
    if (!decision) return key;
    const last = await findLastDecision(tx, key.articleId, key.id);
    const covered = await selectCoveredLater(tx, decision.id, key.articleId, [key.id]);
    const isLast = last?.id === decision.id && covered.size === 0;
    const granting = alongside && !isLast ? await grantingOf(tx, locked, decision) : undefined;
    if (!isLast && !granting)
      throw new Refusal('DECISION_NOT_UNDOABLE', ['decisionId'], 'There is a later decision.');
    const also = alongside ? [await alongside(tx, decision)] : [];
    await updateDecisionUndone(tx, decision.id, viewer.accountId);
    // Readers have seen the comment: its author learns that it is hidden. Before counters are locked.
    const { accountId } = comment;
    if (kind === 'APPROVED' && granting !== 'GIVEN_BACK' && accountId !== null)
      await this.parts.inbox.add(tx, [
        { accountId, kind: 'COMMENT_HELD', articleId: key.articleId, subjectId: key.id },
      ]);
    const event =
      granting === 'GIVEN_BACK' ? undefined : await undoOf[kind](tx, { decision, locked, replaced });
    // The comment was given back before, or stays removed because its author has removed it as well.
    const changesNothing = granting === 'GIVEN_BACK' || comment.isWithdrawn;
    const told = undoneEvent(viewer, decision, changesNothing ? { changesNothing } : {});
    if (event) {
      await this.parts.moderationLog.append(tx, [told, ...also]);
      await this.parts.log.append(tx, event);
    } else {
      await this.parts.moderationLog.appendLast(tx, [told, ...also]);
    }
    return key;
  }

  /**
   * Locks a decision. Whoever has undone it may repeat that, and an appeal against one that was undone is granted.
   * @returns undefined: it was undone already
   * @throws Refusal NOT_FOUND, DECISION_NOT_UNDOABLE
   */
  async #lockStanding(
    tx: Tx,
    viewer: Viewer,
    id: string,
    alongside: Alongside | undefined,
  ): Promise<ModerationDecisionRow | undefined> {
    const decision = await lockDecision(tx, id);
    if (!decision) throw new Refusal('NOT_FOUND', ['decisionId']);
    if (decision.undoneAt === null) return decision;
    if (alongside) await this.parts.moderationLog.appendLast(tx, [await alongside(tx, decision)]);
    else if (decision.undoneBy !== viewer.accountId)
      throw new Refusal('DECISION_NOT_UNDOABLE', ['decisionId'], 'Somebody has undone it.');
    return undefined;
  }

  /** Undoes a decision about an account: what was before it holds again, and what it has removed comes back in the background. */
  async #undoAboutAccount(
    viewer: Viewer,
    { id, subjectId }: ModerationDecisionRow,
    alongside: Alongside | undefined,
  ): Promise<undefined> {
    if (subjectId === null)
      throw new Refusal('DECISION_NOT_UNDOABLE', ['decisionId'], 'The account was erased.');
    // In the order in which sanctions lock.
    const scope = { viewer, subject: accountSubject(subjectId), before: lockAdministrators };
    return this.parts.db.transactionFor(scope, async (tx) => {
      await lockPerson(tx, viewer, subjectId);
      const decision = await this.#lockStanding(tx, viewer, id, alongside);
      if (!decision) return undefined;
      const isUndone =
        decision.kind === 'REMOVED_SINCE'
          ? await updateRemovalUndone(tx, id)
          : (alongside !== undefined && (await isLifted(tx, decision))) ||
            (await undoSanction(tx, this.parts.inbox, decision));
      if (!isUndone)
        throw new Refusal('DECISION_NOT_UNDOABLE', ['decisionId'], 'Another decision has replaced it.');
      const also = alongside ? [await alongside(tx, decision)] : [];
      await updateDecisionUndone(tx, id, viewer.accountId);
      await this.parts.moderationLog.appendLast(tx, [undoneEvent(viewer, decision), ...also]);
      return undefined;
    });
  }

  /** The text that an approved one has replaced, rendered before the transaction: it takes time. */
  async #replacedText(
    viewer: Viewer,
    { kind, before }: ModerationDecisionRow,
    key: CommentKey,
  ): Promise<RenderedBody | undefined> {
    if (kind !== 'EDIT_APPROVED' || before?.replaced === undefined) return undefined;
    const markdown = await selectEarlierText(this.parts.db.of(clientOf(viewer)), key, before.replaced);
    if (markdown === undefined || markdown === '') return undefined;
    const { html, text } = await requireRendered(markdown, { field: 'decisionId', profile: 'comment' });
    return { markdown, html, text };
  }
}

/** The event of what a viewer does about a decision. */
export const eventAbout = (
  kind: 'UNDONE' | 'APPEALED' | 'APPEAL_ANSWERED',
  viewer: Viewer,
  { id, articleId, commentId, revision, subjectId }: ModerationDecisionRow,
): NewModerationEvent => ({
  kind,
  actor: actorOf(viewer),
  articleId: articleId ?? undefined,
  commentId: commentId ?? undefined,
  revision: revision ?? undefined,
  subjectId,
  decisionId: id,
});

const undoneEvent = (
  viewer: Viewer,
  decision: ModerationDecisionRow,
  more: { readonly changesNothing?: true } = {},
): NewModerationEvent => ({
  ...eventAbout('UNDONE', viewer, decision),
  reason: decision.reason,
  detail: { decision: decision.kind, ...more },
});

/**
 * What is left to do when an appeal against a decision is granted after which others were made about the comment: nothing, if one of
 * them has given back what it took.
 * @returns undefined: something else stands against the comment, which has an appeal of its own
 */
async function grantingOf(
  tx: Tx,
  { key, comment }: LockedItem,
  { kind, revision }: ModerationDecisionRow,
): Promise<'GIVEN_BACK' | 'UNDO' | undefined> {
  if (comment.status === 'REMOVED' || comment.status === 'REJECTED') return undefined;
  if (kind !== 'EDIT_REJECTED') return 'GIVEN_BACK';
  const edit = await selectHeldEdit(tx, key);
  return edit?.status === 'REJECTED' && edit.revision === revision ? 'UNDO' : 'GIVEN_BACK';
}

/** @throws Refusal DECISION_NOT_UNDOABLE */
function aboutComment({ kind, articleId, commentId }: ModerationDecisionRow): CommentDecision {
  if (articleId === null || commentId === null || !isUndoable(kind))
    throw new Refusal('DECISION_NOT_UNDOABLE', ['decisionId'], 'It is about no single comment.');
  return { key: { articleId, id: commentId }, kind };
}

const isUndoable = (kind: string): kind is UndoableKind => kind in undoOf;
