import { selectHeldEdit } from '../../comments/held/held-edit.queries.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import type { ModerationActor, NewModerationEvent } from '../../../platform/screening/moderation-log.ts';
import { type LockedItem, requireUnclaimed } from './comment-decisions.ts';
import { escalateHold } from './hook.queries.ts';

/** The revision of the text of a locked comment that waits; undefined: none does. */
export async function waitingRevision(
  tx: Tx,
  { key, comment, item }: LockedItem,
): Promise<number | undefined> {
  if (item?.held === 'EDIT') {
    const edit = await selectHeldEdit(tx, key);
    return edit?.status === 'PENDING' ? edit.revision : undefined;
  }
  return item?.held ? comment.revision : undefined;
}

/**
 * Leaves the text of a locked comment to a moderator.
 * @returns the event; undefined: a moderator has to look at it already
 * @throws Refusal ALREADY_DECIDED, CLAIMED, STALE_REVISION
 */
export async function escalateLocked(
  tx: Tx,
  actor: ModerationActor,
  locked: LockedItem,
  {
    expectedRevision,
    reason = null,
  }: { readonly expectedRevision: number | undefined; readonly reason?: ModerationReason | null | undefined },
): Promise<NewModerationEvent | undefined> {
  const { key, comment, item } = locked;
  const revision = await waitingRevision(tx, locked);
  if (!item || revision === undefined) throw new Refusal('ALREADY_DECIDED', ['commentId']);
  requireUnclaimed(item, actor);
  if (expectedRevision !== revision) throw new Refusal('STALE_REVISION', ['expectedRevision']);
  const text = { articleId: key.articleId, commentId: key.id, revision };
  if (!(await escalateHold(tx, text, reason))) return undefined;
  return { kind: 'ESCALATED', actor, ...text, subjectId: comment.accountId, reason };
}
