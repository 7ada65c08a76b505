import { randomBytes } from 'node:crypto';
import type { Database, Tx } from '../../../platform/db/database.ts';
import type { NotificationDeclarations } from '../../../platform/feature/notification.ts';
import { selectMailPreferences } from './mail-preference.queries.ts';
import type { MailAnswer } from '../../../platform/mail/mail-outbox.ts';
import { isAddress } from '../../../platform/text/mailbox.ts';
import { nextDigest } from './digest.policy.ts';
import {
  type DueInbox,
  keepUnsubscribeKey,
  lockDueInbox,
  type MailSchedule,
  postponeMail,
  selectUnmailed,
  type UnmailedRow,
  updateMailed,
  updateSchedule,
} from './notification-mail.queries.ts';
import type { NotificationMails } from './notification-mails.ts';
import { signUnsubscribe, unsubscribeKeyBytes } from './unsubscribe-token.ts';

/** Time for which an inbox waits after too many mails in an hour, and after a failure, in milliseconds. */
const [pauseMs, pauseAfterFailureMs] = [900_000, 300_000];

export interface NotificationMailOptions {
  readonly db: Database;
  readonly declared: NotificationDeclarations;
  readonly mails: NotificationMails;
  /** Time for which a notification waits before a mail tells of it. */
  readonly delaySeconds: number;
  /** The hour of the day, in UTC, for daily mails. */
  readonly digestHour: number;
}

/**
 * Writes the mails about notifications. One step takes one inbox, decides what is to be mailed by what is shown, unread and
 * wanted at that moment, writes at most one mail to the outbox, marks its notifications, and says when to look again, all in one
 * transaction that holds the inbox: whenever a worker dies, a notification is in no mail or in one, and two workers never write
 * about the same one.
 */
export class NotificationMailService {
  constructor(private readonly options: NotificationMailOptions) {}

  /** Does one step. @returns false if no inbox is due */
  async mailNext(): Promise<boolean> {
    const { db, delaySeconds } = this.options;
    let taken: DueInbox | undefined;
    try {
      return await db.transaction(async (tx) => {
        taken = await lockDueInbox(tx, delaySeconds);
        if (!taken) return false;
        await updateSchedule(tx, taken.accountId, await this.#mail(tx, taken));
        return true;
      });
    } catch (error) {
      if (taken)
        await postponeMail(db.forNode('notification mails'), taken.accountId, pauseAfterFailureMs / 1000);
      throw error;
    }
  }

  async #mail(tx: Tx, inbox: DueInbox): Promise<MailSchedule> {
    const { accountId, now, digestedAt } = inbox;
    const nothing = { mailAt: null, digestAt: null, digestedAt };
    // Looked at again with the next notification.
    if (!inbox.isReachable || !isAddress(inbox.email)) return nothing;
    const { declared } = this.options;
    const [preferences, unmailed] = await Promise.all([
      selectMailPreferences(tx, declared, accountId),
      selectUnmailed(tx, declared, accountId),
    ]);
    const rows = unmailed.filter(({ kind }) => !inbox.isSuspended || declared[kind]?.about === 'ACCOUNT');
    const frequencies = new Map(preferences.map(({ kind, frequency }) => [kind, frequency]));
    const [atOnce, daily] = (['AT_ONCE', 'DAILY'] as const).map((frequency) =>
      rows.filter(({ kind }) => frequencies.get(kind) === frequency),
    ) as [UnmailedRow[], UnmailedRow[]];
    const isDigest = daily.length > 0 && inbox.digestAt !== null && inbox.digestAt <= now;
    // The daily mail has what is to be told at once as well.
    const told = isDigest ? rows.filter(({ kind }) => frequencies.get(kind) !== 'NEVER') : atOnce;
    // Too many in an hour: what waits is told later, in one mail.
    if (told.length > 0 && (await this.#write(tx, inbox, isDigest, told)) !== 'ADDED')
      return { mailAt: new Date(now.getTime() + pauseMs), digestAt: inbox.digestAt, digestedAt };
    if (isDigest) return { ...nothing, digestedAt: now };
    if (daily.length === 0) return nothing;
    const hour = this.options.digestHour;
    const digestAt = inbox.digestAt ?? nextDigest(now, { accountId, digestedAt, hour });
    return { mailAt: digestAt, digestAt, digestedAt };
  }

  async #write(
    tx: Tx,
    { accountId, email }: DueInbox,
    isDigest: boolean,
    rows: readonly UnmailedRow[],
  ): Promise<MailAnswer> {
    const key = await keepUnsubscribeKey(tx, accountId, randomBytes(unsubscribeKeyBytes));
    const scope = isDigest ? 'DAILY' : [...new Set(rows.map(({ kind }) => kind))];
    const unsubscribeToken = signUnsubscribe({ accountId, scope }, key);
    const answer = await this.options.mails.add(tx, { recipient: email, isDigest, rows, unsubscribeToken });
    const positions = rows.map(({ position }) => position);
    if (answer === 'ADDED') await updateMailed(tx, accountId, positions);
    return answer;
  }
}
