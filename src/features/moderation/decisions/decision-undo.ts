import { type LockedCommentRow, updateCommentStatus } from '../../comments/writing/comment-write.queries.ts';
import { publishLocked, removeLocked } from '../../comments/writing/comment-removal.ts';
import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import {
  selectHeldEdit,
  type RenderedBody,
  updateHeldEditStatus,
  withdrawHeldEdit,
} from '../../comments/held/held-edit.queries.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import type { NewEvent } from '../../../platform/events/log.ts';
import { outdateReports, reopenReports } from '../../../platform/screening/comment-report.queries.ts';
import type { ModerationDecisionRow } from '../../../platform/screening/moderation-decision.queries.ts';
import { markTakenBack, restorePhase } from '../../../platform/screening/moderation-item.queries.ts';
import type { LockedItem } from './comment-decisions.ts';
import { selectRemovalsBefore } from '../removals/comment-removal.queries.ts';

/** A decision to undo, about a locked comment. */
interface Undoing {
  readonly decision: ModerationDecisionRow;
  readonly locked: LockedItem;
  /** The public text that an approved one has replaced, rendered; undefined: the decision approved no new text. */
  readonly replaced: RenderedBody | undefined;
}

/** @returns the event of the article; undefined if nothing that is public changes */
type Undo = (tx: Tx, undoing: Undoing) => Promise<NewEvent | undefined>;

const notUndoable = (message: string): Refusal =>
  new Refusal('DECISION_NOT_UNDOABLE', ['decisionId'], message);

const changed = (): Refusal => notUndoable('The comment has changed since.');

/** @throws Refusal DECISION_NOT_UNDOABLE */
function requireState(
  { comment }: LockedItem,
  status: LockedCommentRow['status'],
  revision: number | null,
): void {
  if (comment.status !== status || (revision !== null && comment.revision !== revision)) throw changed();
}

const idsOf = ({ key }: LockedItem) => ({ articleId: key.articleId, commentId: key.id });

/** A comment that became public waits again. It may have replies by now, and so is taken back like one that was reported. */
const undoApproval: Undo = async (tx, { decision, locked }) => {
  requireState(locked, 'PUBLISHED', decision.revision);
  const { key, comment } = locked;
  await markTakenBack(tx, key.articleId, [key.id], { accountId: comment.accountId, phase: null });
  await restorePhase(tx, idsOf(locked), comment.revision);
  await reopenReports(tx, key.articleId, [key.id], decision.id);
  return (await removeLocked(tx, key, comment)).event;
};

const undoEditApproval: Undo = async (tx, { decision, locked, replaced }) => {
  const { key } = locked;
  requireState(locked, 'PUBLISHED', decision.revision);
  // Another text waits already.
  if (!replaced || (await selectHeldEdit(tx, key))) throw changed();
  await withdrawHeldEdit(tx, key, replaced);
  return { articleId: key.articleId, subjectId: key.id, kind: 'COMMENT_EDITED' };
};

const undoRejection: Undo = async (tx, { decision, locked }) => {
  requireState(locked, 'REJECTED', decision.revision);
  await updateCommentStatus(tx, locked.key, 'PENDING');
  await restorePhase(tx, idsOf(locked), locked.comment.revision);
  return undefined;
};

const undoEditRejection: Undo = async (tx, { decision, locked }) => {
  requireState(locked, 'PUBLISHED', null);
  const edit = await selectHeldEdit(tx, locked.key);
  if (edit?.status !== 'REJECTED' || edit.revision !== decision.revision) throw changed();
  await updateHeldEditStatus(tx, locked.key, 'PENDING');
  await restorePhase(tx, idsOf(locked), edit.revision);
  return undefined;
};

const undoRemoval: Undo = async (tx, { decision, locked }) => {
  requireState(locked, 'REMOVED', null);
  const { key, comment } = locked;
  if (comment.bodyMarkdown === '' || comment.removedStatus === null)
    throw notUndoable('Its text is gone for good.');
  // The decision does not stand any more, and the comment stays as its author wants it.
  if (comment.isWithdrawn) {
    await outdateReports(tx, key.articleId, [key.id], decision.id);
    return undefined;
  }
  if (decision.before?.held === 'REPORTS') {
    await markTakenBack(tx, key.articleId, [key.id], { accountId: comment.accountId, phase: 'REPORTS' });
    await reopenReports(tx, key.articleId, [key.id], decision.id);
    return undefined;
  }
  if (comment.removedStatus !== 'PUBLISHED') {
    await updateCommentStatus(tx, key, comment.removedStatus);
    await restorePhase(tx, idsOf(locked), comment.revision);
    return undefined;
  }
  const publication = { kind: 'COMMENT_RESTORED', listed: comment.listed ? 0 : 1 } as const;
  const event = await publishLocked(tx, key, comment, publication);
  await restoreEditPhase(tx, key);
  await reopenReports(tx, key.articleId, [key.id], decision.id);
  return event;
};

/** Gives a new text of a comment that is public again, and waits, the phase that has held it. */
export async function restoreEditPhase(tx: Tx, key: CommentKey): Promise<void> {
  const edit = await selectHeldEdit(tx, key);
  if (edit?.status === 'PENDING')
    await restorePhase(tx, { articleId: key.articleId, commentId: key.id }, edit.revision);
}

const undoKeeping: Undo = async (tx, { decision, locked }) => {
  const { key } = locked;
  requireState(locked, 'PUBLISHED', decision.revision);
  await reopenReports(tx, key.articleId, [key.id], decision.id);
  return undefined;
};

const undoRestoring: Undo = async (tx, { decision, locked }) => {
  const { key, comment } = locked;
  if (comment.status === 'REMOVED') throw changed();
  const removals = await selectRemovalsBefore(tx, decision, { ...key, accountId: comment.accountId });
  if (removals.some(({ undoneAt }) => undoneAt !== null && undoneAt > decision.decidedAt))
    throw notUndoable('What had removed it was undone since.');
  return (await removeLocked(tx, key, comment)).event;
};

/** How decisions about one comment are undone. */
export const undoOf = {
  APPROVED: undoApproval,
  EDIT_APPROVED: undoEditApproval,
  REJECTED: undoRejection,
  EDIT_REJECTED: undoEditRejection,
  REMOVED: undoRemoval,
  KEPT: undoKeeping,
  RESTORED: undoRestoring,
} satisfies Partial<Record<ModerationDecisionRow['kind'], Undo>>;
