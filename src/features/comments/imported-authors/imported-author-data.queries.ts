import type { PersonalData } from '../../../platform/db/personal-data.ts';
import { digestSql } from './imported-author.queries.ts';

/** Imported authors that an account has claimed, or may claim by its proven address. Claimed comments are its own. */
export const importedAuthorData: PersonalData = {
  name: 'importedAuthors',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT ia.id::text AS key, jsonb_build_object('key', ia.key, 'name', ia.name, 'claimed', ia.account_id IS NOT NULL,
         'comments', (SELECT count(*) FROM comment c WHERE c.imported_author_id = ia.id)) AS data
       FROM account a JOIN imported_author ia ON ia.account_id = a.id
         OR (ia.email_digest = ${digestSql('a.email')} AND a.email_verified_at IS NOT NULL)
       WHERE a.id = $1 AND ia.id > $2::bigint ORDER BY ia.id LIMIT $3`,
      [accountId, after ?? '0', limit],
    ),
};
