import type { Viewer } from '../../../platform/auth/viewer.ts';
import { Refusal, type Result } from '../../../platform/errors/errors.ts';
import { claimIdempotencyKey } from '../../../platform/idempotency/idempotency.queries.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { findRemovalThatStands, insertRemoval } from './comment-removal.queries.ts';
import { decideAboutPerson, lockPerson, type SanctionServiceOptions } from '../sanctions/sanction.service.ts';
import { keptNote } from '../../../platform/screening/decision-note.ts';

export interface RemoveCommentsSinceCommand {
  readonly personId: string;
  readonly since: Date;
  readonly reason: ModerationReason;
  readonly note: string | null | undefined;
  readonly idempotencyKey: string | undefined;
}

/**
 * Decides that everything which an account has written since a time is removed. The decision is stored and told at once; nodes carry
 * it out in batches (`RemovalBatches`).
 */
export class RemovalSinceService {
  constructor(private readonly options: SanctionServiceOptions) {}

  /** @returns the id of the decision */
  removeCommentsSince(viewer: Viewer, command: RemoveCommentsSinceCommand): Promise<Result<string>> {
    const { personId, since, reason, idempotencyKey } = command;
    return decideAboutPerson<string>(this.options, { viewer, personId }, async (tx) => {
      const note = keptNote(command.note, 'note');
      if (since > this.options.clock.now())
        throw new Refusal('INVALID_INPUT', ['since'], '`since` is not a time to come.');
      const claim =
        idempotencyKey === undefined
          ? undefined
          : await claimIdempotencyKey(tx, {
              accountId: viewer.accountId,
              key: idempotencyKey,
              input: ['removeCommentsSince', personId, since.toISOString(), reason, note],
              articleId: undefined,
              idSequence: 'moderation_decision_id_seq',
            });
      if (claim && !claim.isFirst) return claim.resultId;
      await lockPerson(tx, viewer, personId);
      // A request without a key that is repeated finds its own decision, as long as that leaves nothing to remove.
      const same = { actorId: viewer.accountId, subjectId: personId, reason, note, since };
      const standing = claim ? undefined : await findRemovalThatStands(tx, same);
      if (standing !== undefined) return standing;
      return {
        id: claim?.resultId,
        kind: 'REMOVED_SINCE',
        reason,
        note,
        since,
        carryOut: (decisionId) => insertRemoval(tx, { decisionId, accountId: personId }),
        tells: 'COMMENTS_REMOVED',
        event: { kind: 'DECIDED', detail: { since: since.toISOString() } },
      };
    });
  }
}
