import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Database } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import {
  type MailPreference,
  selectMailPreferences,
  upsertMailPreferences,
} from './mail-preference.queries.ts';
import type { NotificationDeclarations, NotificationKind } from '../../../platform/feature/notification.ts';
import { selectUnsubscribeKey } from './notification-mail.queries.ts';
import { isSignedUnsubscribe, readUnsubscribe } from './unsubscribe-token.ts';

/** Commands on how often an account gets mails. Each may be repeated. */
export class MailPreferenceService {
  constructor(
    private readonly db: Database,
    private readonly declared: NotificationDeclarations,
    private readonly sendsMail: boolean,
  ) {}

  /** Chooses for some kinds; the others stay as they are. */
  set(viewer: Viewer, preferences: readonly MailPreference[]): Promise<Result<void>> {
    return refusable(async () => {
      if (!this.sendsMail) throw new Refusal('MAIL_OFF');
      const kinds = new Set(preferences.map(({ kind }) => kind));
      if (preferences.length === 0 || kinds.size < preferences.length)
        throw new Refusal('INVALID_INPUT', ['preferences'], 'Name at least one kind, and each kind once.');
      const { accountId } = viewer;
      await this.db.transactionFor({ viewer }, (tx) => upsertMailPreferences(tx, accountId, preferences));
    });
  }

  /**
   * The kinds of mails that a mailed link ends; undefined: the link is none of this service, or of
   * an account that is gone.
   * @param client under which the work is counted
   */
  async kindsOfLink(client: string, token: string): Promise<readonly NotificationKind[] | undefined> {
    const link = readUnsubscribe(token);
    if (!link) return undefined;
    const db = this.db.of(client);
    if (!isSignedUnsubscribe(token, await selectUnsubscribeKey(db, link.accountId))) return undefined;
    const { scope, accountId } = link;
    const preferences = await selectMailPreferences(db, this.declared, accountId);
    return preferences
      .filter(({ kind, frequency }) => (scope === 'DAILY' ? frequency === 'DAILY' : scope.includes(kind)))
      .map(({ kind }) => kind);
  }

  /** Ends the mails that a mailed link is about. @returns false if the link is none */
  async endByLink(client: string, token: string): Promise<boolean> {
    const kinds = await this.kindsOfLink(client, token);
    const accountId = readUnsubscribe(token)?.accountId;
    if (!kinds || accountId === undefined) return false;
    if (kinds.length === 0) return true;
    const never = kinds.map((kind) => ({ kind, frequency: 'NEVER' as const }));
    await this.db.transactionFor({ client }, (tx) => upsertMailPreferences(tx, accountId, never));
    return true;
  }
}
