import type { Tx } from '../../../platform/db/database.ts';
import { personalData } from '../../../platform/db/personal-data.ts';

/** Deletes the inbox of an account. */
export async function deleteInbox(tx: Tx, accountId: string): Promise<void> {
  // Whatever tells the account of something meanwhile waits for this lock, and then has no inbox to write to.
  await tx.query('SELECT 1 FROM inbox WHERE account_id = $1 FOR UPDATE', [accountId]);
  await tx.query('DELETE FROM notification WHERE account_id = $1', [accountId]);
  await tx.query('DELETE FROM inbox WHERE account_id = $1', [accountId]);
}

/** The notifications of an account: kinds, times and places, never the words of others. */
export const notificationData = personalData(
  'notifications',
  `SELECT n.sequence::text AS key, jsonb_build_object('position', n.sequence, 'kind', n.kind, 'article', a.slug,
     'subject', n.subject_id::text, 'occurredAt', n.occurred_at, 'isRead', n.sequence <= i.read_sequence,
     'isMailed', n.mailed) AS data
   FROM notification n JOIN inbox i ON i.account_id = n.account_id LEFT JOIN article a ON a.id = n.article_id
   WHERE n.account_id = $1 AND n.sequence > $2 ORDER BY n.sequence LIMIT $3`,
  '0',
);
