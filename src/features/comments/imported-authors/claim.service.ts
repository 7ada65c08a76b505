import { scopeOf } from '../../people/account/account-scope.ts';
import { requireVoice, type Viewer } from '../../../platform/auth/viewer.ts';
import type { Database } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { EventLog } from '../../../platform/events/log.ts';
import { moveComments, selectIsClaimedBy, updateClaimed, updateMoved } from './imported-author.queries.ts';

/*
 * An account claims an imported author in one short transaction. The author may have comments under thousands of articles, so
 * that a node gives them to the account afterwards, some comments of one article in each transaction, with their events. Imports
 * lock the author: whatever they add later has the account from the beginning.
 */

/** Commands on the authors of imported comments. */
export class ClaimService {
  constructor(
    private readonly db: Database,
    private readonly log: EventLog,
  ) {}

  /**
   * Gives the comments of an imported author to the viewer, who has proven the author's address. Repeating this changes nothing.
   * @returns the account's id
   */
  claim(viewer: Viewer, authorId: string): Promise<Result<string>> {
    const { accountId } = viewer;
    return refusable(() =>
      this.db.transactionFor(scopeOf(viewer), async (tx) => {
        requireVoice(viewer);
        const isClaimed =
          (await updateClaimed(tx, accountId, authorId)) ||
          (await selectIsClaimedBy(tx, accountId, authorId));
        if (!isClaimed) throw new Refusal('NOT_FOUND', ['authorId']);
        return accountId;
      }),
    );
  }

  /** Gives some comments under one article to the account that has claimed their author. */
  async move(authorId: string, articleId: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const moved = await moveComments(tx, authorId, articleId);
      const events = moved
        .filter(({ wasPublished }) => wasPublished)
        .map(({ id }) => ({ kind: 'COMMENT_UPDATED' as const, subjectId: id }));
      if (events.length > 0) await this.log.appendAll(tx, articleId, events);
    });
  }

  /** Ends a claim all of whose comments have the account. */
  async finish(authorId: string): Promise<void> {
    await updateMoved(this.db, authorId);
  }
}
