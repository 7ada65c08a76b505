import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { personalData } from '../../../platform/db/personal-data.ts';
import type {
  MailFrequency,
  NotificationDeclarations,
  NotificationKind,
} from '../../../platform/feature/notification.ts';

/** A choice of an account. */
export interface MailPreference {
  readonly kind: NotificationKind;
  readonly frequency: MailFrequency;
}

/** How often an account wants mails about each kind. */
export async function selectMailPreferences(
  db: Queryable,
  declared: NotificationDeclarations,
  accountId: string,
): Promise<MailPreference[]> {
  const rows = await db.query<MailPreference>(
    'SELECT kind, frequency FROM mail_preference WHERE account_id = $1',
    [accountId],
  );
  const chosen = new Map<string, MailFrequency>(rows.map(({ kind, frequency }) => [kind, frequency]));
  return Object.entries(declared).map(([kind, { mail }]) => ({
    kind: kind as NotificationKind,
    frequency: chosen.get(kind) ?? mail,
  }));
}

/**
 * Stores choices, at most one for each kind, in the order of their kinds so that two transactions never wait for each other.
 * What waits for a mail is looked at again.
 */
export async function upsertMailPreferences(
  tx: Tx,
  accountId: string,
  preferences: readonly MailPreference[],
): Promise<void> {
  await tx.query(
    `INSERT INTO mail_preference (account_id, kind, frequency)
     SELECT $1, t.kind, t.frequency FROM unnest($2::text[], $3::text[]) t (kind, frequency) ORDER BY t.kind
     ON CONFLICT (account_id, kind) DO UPDATE SET frequency = excluded.frequency`,
    [accountId, preferences.map(({ kind }) => kind), preferences.map(({ frequency }) => frequency)],
  );
  await tx.query('UPDATE inbox SET mail_at = least(mail_at, clock_timestamp()) WHERE account_id = $1', [
    accountId,
  ]);
}

export async function deleteMailPreferences(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM mail_preference WHERE account_id = $1', [accountId]);
}

/** What the account has chosen about mails. */
export const mailPreferenceData = personalData(
  'mailPreferences',
  `SELECT kind AS key, jsonb_build_object('kind', kind, 'frequency', frequency) AS data FROM mail_preference
   WHERE account_id = $1 AND kind > $2 ORDER BY kind LIMIT $3`,
  '',
);
