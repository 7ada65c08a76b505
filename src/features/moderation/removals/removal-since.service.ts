import type { Viewer } from '../../../platform/auth/viewer.ts';
import { accountSubject, type Database } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import { claimIdempotencyKey } from '../../../platform/idempotency/idempotency.queries.ts';
import type { Inbox } from '../../notifications/inbox/inbox.ts';
import { insertDecision } from '../../../platform/screening/moderation-decision.queries.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { actorOf, type ModerationLog } from '../../../platform/screening/moderation-log.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { findRemovalThatStands, insertRemoval } from './comment-removal.queries.ts';
import { lockPerson, requireSanctioner } from '../sanctions/sanction.service.ts';
import { keptNote } from '../../../platform/screening/decision-note.ts';

export interface RemoveCommentsSinceCommand {
  readonly personId: string;
  readonly since: Date;
  readonly reason: ModerationReason;
  readonly note: string | null | undefined;
  readonly idempotencyKey: string | undefined;
}

export interface RemovalSinceServiceOptions {
  readonly db: Database;
  readonly inbox: Inbox;
  readonly moderationLog: ModerationLog;
  readonly clock: Clock;
}

/**
 * Decides that everything which an account has written since a time is removed. The decision is stored and told at once; nodes carry
 * it out in batches (`RemovalBatches`).
 */
export class RemovalSinceService {
  readonly #options: RemovalSinceServiceOptions;

  constructor(options: RemovalSinceServiceOptions) {
    this.#options = options;
  }

  /** @returns the id of the decision */
  removeCommentsSince(viewer: Viewer, command: RemoveCommentsSinceCommand): Promise<Result<string>> {
    const { db, inbox, moderationLog, clock } = this.#options;
    return refusable(async () => {
      const { personId, since, reason, idempotencyKey } = command;
      requireSanctioner(viewer, personId);
      const note = keptNote(command.note, 'note');
      if (since > clock.now())
        throw new Refusal('INVALID_INPUT', ['since'], '`since` is not a time to come.');
      const scope = { viewer, subject: accountSubject(personId) };
      return db.transactionFor(scope, async (tx) => {
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
        const { id: subjectId } = await lockPerson(tx, viewer, personId);
        // A request without a key that is repeated finds its own decision, as long as that leaves nothing to remove.
        const same = { actorId: viewer.accountId, subjectId, reason, note, since };
        const standing = claim ? undefined : await findRemovalThatStands(tx, same);
        if (standing !== undefined) return standing;
        const actor = actorOf(viewer);
        const kind = 'REMOVED_SINCE' as const;
        const decisionId = await insertDecision(tx, {
          id: claim?.resultId,
          kind,
          actor,
          subjectId,
          reason,
          note,
          since,
        });
        await insertRemoval(tx, { decisionId, accountId: subjectId });
        await inbox.add(tx, [{ accountId: subjectId, kind: 'COMMENTS_REMOVED', subjectId: decisionId }]);
        const detail = { decision: kind, since: since.toISOString() };
        await moderationLog.appendLast(tx, [
          { kind: 'DECIDED', actor, subjectId, decisionId, reason, detail },
        ]);
        return decisionId;
      });
    });
  }
}
