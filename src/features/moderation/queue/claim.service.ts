import { requireModerator, type Viewer } from '../../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { refusable, type Result } from '../../../platform/errors/errors.ts';
import {
  type AuthoredItem,
  type ClaimedItem,
  claimItems,
  type ItemKey,
  releaseItems,
} from '../../../platform/screening/moderation-item.queries.ts';
import {
  actorOf,
  type ModerationLog,
  type NewModerationEvent,
} from '../../../platform/screening/moderation-log.ts';
import { selectSettings } from '../../screening/screening.queries.ts';

/** Says which moderator works on what, so that two do not read the same. */
export class ClaimService {
  constructor(
    private readonly db: Database,
    private readonly moderationLog: ModerationLog,
  ) {}

  /**
   * Claims entries of the queue, or makes claims of the viewer longer.
   * @returns the entries that are in the queue, with whether they are the viewer's
   */
  claimComments(viewer: Viewer, keys: readonly ItemKey[]): Promise<Result<readonly ClaimedItem[]>> {
    return this.#run(viewer, async (tx) => {
      const { accountId } = viewer;
      const { claimSeconds: seconds } = await selectSettings(tx);
      const found = await claimItems(tx, keys, { accountId, seconds });
      const claimed = found.filter(({ isClaimed, wasClaimed }) => isClaimed && !wasClaimed);
      const told = claimed.map((item) =>
        factOf('CLAIMED', viewer, item, { until: item.until.toISOString() }),
      );
      await this.#tell(tx, told);
      return found;
    });
  }

  /** Gives claims of the viewer back. */
  releaseComments(viewer: Viewer, keys: readonly ItemKey[]): Promise<Result<readonly ItemKey[]>> {
    return this.#run(viewer, async (tx) => {
      const released = await releaseItems(tx, keys, viewer.accountId);
      const told = released.map((item) => factOf('RELEASED', viewer, item));
      await this.#tell(tx, told);
      return released;
    });
  }

  #run<T>(viewer: Viewer, command: (tx: Tx) => Promise<T>): Promise<Result<T>> {
    return refusable(() => {
      requireModerator(viewer);
      return this.db.transactionFor({ viewer, subject: 'moderation' }, command);
    });
  }

  async #tell(tx: Tx, events: readonly NewModerationEvent[]): Promise<void> {
    const [first, ...others] = events;
    if (first) await this.moderationLog.appendLast(tx, [first, ...others]);
  }
}

const factOf = (
  kind: 'CLAIMED' | 'RELEASED',
  viewer: Viewer,
  { articleId, commentId, authorId: subjectId }: AuthoredItem,
  detail?: NewModerationEvent['detail'],
): NewModerationEvent => ({ kind, actor: actorOf(viewer), articleId, commentId, subjectId, detail });
