import type { PersonalData } from '../../../platform/db/personal-data.ts';

/** The byline under which the account publishes. */
export const bylineData: PersonalData = {
  name: 'bylines',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT id::text AS key, jsonb_build_object('slug', slug, 'name', name, 'location', location, 'photoUrl', photo_url,
         'bio', bio_markdown) AS data
       FROM journalist WHERE account_id = $1 AND ($2::bigint IS NULL OR id > $2::bigint) ORDER BY id LIMIT $3`,
      [accountId, after ?? null, limit],
    ),
};
