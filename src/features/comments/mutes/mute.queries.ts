import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { NotificationDeclarations } from '../../../platform/feature/notification.ts';
import { personalData } from '../../../platform/db/personal-data.ts';

/** Most people that an account mutes. */
export const maxMutes = 200;

/**
 * Mutes a person for an account whose row is locked, so that its mutes are counted one at a time.
 * @returns false if there are as many as there may be
 */
export async function insertMute(tx: Tx, accountId: string, mutedAccountId: string): Promise<boolean> {
  const [row] = await tx.query<{ isMuted: boolean; count: number }>(
    `SELECT count(*)::int AS count, coalesce(bool_or(muted_account_id = $2), false) AS "isMuted"
     FROM mute WHERE account_id = $1`,
    [accountId, mutedAccountId],
  );
  if (row?.isMuted) return true;
  if ((row?.count ?? 0) >= maxMutes) return false;
  await tx.query('INSERT INTO mute (account_id, muted_account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    accountId,
    mutedAccountId,
  ]);
  return true;
}

export async function deleteMute(tx: Tx, accountId: string, mutedAccountId: string): Promise<void> {
  await tx.query('DELETE FROM mute WHERE account_id = $1 AND muted_account_id = $2', [
    accountId,
    mutedAccountId,
  ]);
}

/** The people whom accounts have muted, the last one first. */
export function selectMutes(
  db: Queryable,
  accountIds: readonly string[],
): Promise<{ accountId: string; mutedAccountId: string }[]> {
  return db.query(
    `SELECT account_id::text AS "accountId", muted_account_id::text AS "mutedAccountId" FROM mute
     WHERE account_id = ANY((SELECT $1::bigint[])::bigint[]) ORDER BY created_at DESC, muted_account_id`,
    [accountIds],
  );
}

/**
 * Deletes the mutes of an account, and those of others against it. What these have hidden stays hidden: the notifications point to
 * nothing from now on, since nobody knows later who has said what they told of.
 * @param notifications the kinds of the service
 */
export async function deleteMutes(
  tx: Tx,
  accountId: string,
  notifications: NotificationDeclarations,
): Promise<void> {
  for (const [kind, { shown }] of Object.entries(notifications)) {
    if (shown?.saidBy === undefined) continue;
    await tx.query(
      `UPDATE notification x SET subject_id = 0 FROM mute m
       WHERE m.muted_account_id = $1 AND x.account_id = m.account_id AND x.kind = '${kind}'
         AND EXISTS (SELECT FROM ${shown.from} WHERE ${shown.where} AND ${shown.saidBy} = $1)`,
      [accountId],
    );
  }
  await tx.query('DELETE FROM mute WHERE account_id = $1 OR muted_account_id = $1', [accountId]);
}

/** The mutes of an account: when, and the number of whom. Who has muted the account is nobody's to know. */
export const muteData = personalData(
  'mutes',
  `SELECT muted_account_id::text AS key,
     jsonb_build_object('accountNumber', muted_account_id::text, 'createdAt', created_at) AS data
   FROM mute WHERE account_id = $1 AND muted_account_id > $2 ORDER BY muted_account_id LIMIT $3`,
  '0',
);
