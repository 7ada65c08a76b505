import type { Queryable, Tx } from '../../platform/db/database.ts';

/** Ids of the articles with an endorsement of the account. */
export async function selectArticlesEndorsed(db: Queryable, accountId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT DISTINCT article_id::text AS id FROM endorsement WHERE account_id = $1 ORDER BY id`,
    [accountId],
  );
  return rows.map(({ id }) => id);
}

/**
 * Withdraws the account's endorsements of one article and removes the name and the texts from all of them, including
 * ones withdrawn earlier. Their mailed links go.
 * @returns the ids of those that were public until now
 */
export async function eraseEndorsements(tx: Tx, articleId: string, accountId: string): Promise<string[]> {
  await tx.query(
    `DELETE FROM endorsement_link l USING endorsement e
     WHERE e.article_id = $1 AND e.account_id = $2 AND l.article_id = e.article_id AND l.endorsement_id = e.id`,
    [articleId, accountId],
  );
  const rows = await tx.query<{ id: string; wasListed: boolean }>(
    `SELECT id::text AS id, listed AS "wasListed" FROM endorsement e
     WHERE article_id = $1 AND account_id = $2 ORDER BY e.id FOR UPDATE`,
    [articleId, accountId],
  );
  await tx.query(
    `UPDATE endorsement SET account_id = NULL, identity = NULL, display_name = '', affiliation = NULL, statement = NULL,
       featured = false, listed = false, withdrawn_at = coalesce(withdrawn_at, clock_timestamp())
     WHERE article_id = $1 AND id = ANY($2::bigint[])`,
    [articleId, rows.map(({ id }) => id)],
  );
  return rows.filter(({ wasListed }) => wasListed).map(({ id }) => id);
}
