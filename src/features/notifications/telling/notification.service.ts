import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Database } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { Inbox } from '../inbox/inbox.ts';

/** Commands of an account on its inbox. */
export class NotificationService {
  constructor(
    private readonly db: Database,
    private readonly inbox: Inbox,
  ) {}

  /** Marks notifications as read; never marks any as unread. */
  markRead(viewer: Viewer, upTo: number): Promise<Result<void>> {
    return refusable(async () => {
      if (upTo < 0) throw new Refusal('INVALID_INPUT', ['upTo'], 'A position is not negative.');
      const { accountId } = viewer;
      await this.db.transactionFor({ viewer }, (tx) => this.inbox.markRead(tx, accountId, upTo));
    });
  }
}
