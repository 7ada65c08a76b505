import type { Tx } from '../../platform/db/database.ts';
import { personalData } from '../../platform/db/personal-data.ts';

/** Words stay on the list, whoever has added them. */
export async function forgetAccount(tx: Tx, accountId: string): Promise<void> {
  await tx.query('UPDATE screened_word SET added_by = NULL WHERE added_by = $1', [accountId]);
  await tx.query('DELETE FROM slow_mode_turn WHERE account_id = $1', [accountId]);
}

/** The words that an account has added to the list. */
export const screenedWordData = personalData(
  'screenedWords',
  `SELECT id::text AS key, jsonb_build_object('text', text, 'mode', mode, 'action', action, 'addedAt', added_at) AS data
   FROM screened_word WHERE added_by = $1 AND id > $2 ORDER BY id LIMIT $3`,
  '0',
);

/** When an account has commented in slow mode. */
export const slowModeData = personalData(
  'slowModeTurns',
  `SELECT t.article_id::text AS key, jsonb_build_object('article', a.slug, 'takenAt', t.taken_at) AS data
   FROM slow_mode_turn t JOIN article a ON a.id = t.article_id
   WHERE t.account_id = $1 AND t.article_id > $2 ORDER BY t.article_id LIMIT $3`,
  '0',
);
