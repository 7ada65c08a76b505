import type { Tx } from '../../../platform/db/database.ts';
import { type Bus, stateChanged } from '../../../platform/events/bus.ts';
import { inboxLog } from './inbox-log.ts';
import { insertNotifications, type NewNotification, updateRead } from './inbox.queries.ts';

/**
 * Writes inboxes. A notification is added in the transaction of what it tells of, or of the position up to which a log was
 * read: it is there if and only if that is.
 */
export class Inbox {
  constructor(private readonly bus: Bus) {}

  /** Adds notifications; the transaction locks no row of an article's counters before. */
  async add(tx: Tx, news: readonly NewNotification[]): Promise<void> {
    if (news.length === 0) return;
    const heads = await insertNotifications(tx, news);
    tx.afterCommit(() => {
      for (const { accountId, sequence } of heads) this.bus.hint(inboxLog.keyOf(accountId), sequence);
    });
  }

  /** Marks the notifications up to a number as read. */
  async markRead(tx: Tx, accountId: string, upTo: number): Promise<void> {
    if (await updateRead(tx, accountId, upTo)) this.announce(tx, accountId);
  }

  /** Has the account's open streams say what is unread now, once the transaction is committed. */
  announce(tx: Tx, accountId: string): void {
    tx.afterCommit(() => this.bus.hint(inboxLog.keyOf(accountId), stateChanged));
  }
}
