import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import {
  claimIdempotencyKey,
  deleteIdempotencyKey,
} from '../../../platform/idempotency/idempotency.queries.ts';
import { findLastDecision } from '../../../platform/screening/moderation-decision.queries.ts';
import type { DecisionRequest } from './comment-decisions.ts';
import { verdictsOf } from './comment-decision.policy.ts';

/** A request to decide about a locked comment. */
interface Repeatable {
  readonly viewer: Viewer;
  readonly key: CommentKey;
  readonly request: DecisionRequest;
}

/**
 * Claims the key of a decision. Without a key, the repetition of a request cannot be told from a new decision if the comment is in the
 * queue again, or still: reports that were made after an approval would be decided on by its repetition, which has not seen them.
 * @returns `id`: the id of the decision, if it is made; `made`: the decision that was made under the key, whatever became of it since
 * @throws Refusal IDEMPOTENCY_KEY_REUSED
 */
export async function claimDecision(
  tx: Tx,
  { viewer, key, request }: Repeatable,
  idempotencyKey: string | undefined,
): Promise<{ readonly id?: string; readonly made?: string }> {
  if (idempotencyKey === undefined) return {};
  const { verdict, expectedRevision, reason, note, badFaithReports } = request;
  const { articleId, id: commentId } = key;
  const { resultId, isFirst } = await claimIdempotencyKey(tx, {
    accountId: viewer.accountId,
    key: idempotencyKey,
    input: ['decideComments', articleId, commentId, verdict, expectedRevision, reason, note, badFaithReports],
    articleId: undefined,
    idSequence: 'moderation_decision_id_seq',
  });
  return isFirst ? { id: resultId } : { made: resultId };
}

/**
 * The decision of the same moderator that a request repeats without its key, because the answer was lost. A key that was claimed for the
 * request is free again: it has made nothing.
 * @throws Refusal ALREADY_DECIDED
 */
export async function repeatedDecision(
  tx: Tx,
  { viewer: { accountId }, key, request: { verdict, expectedRevision } }: Repeatable,
  idempotencyKey: string | undefined,
): Promise<string> {
  const last = await findLastDecision(tx, key.articleId, key.id);
  const repeats =
    last?.actorId === accountId &&
    last.revision === expectedRevision &&
    verdictsOf[last.kind]?.includes(verdict) === true;
  if (!last || !repeats) throw new Refusal('ALREADY_DECIDED', ['commentId']);
  if (idempotencyKey !== undefined) await deleteIdempotencyKey(tx, accountId, idempotencyKey);
  return last.id;
}
