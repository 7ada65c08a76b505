import type { Queryable, Tx } from '../../../platform/db/database.ts';

/** Articles to whose campaigns an account has pledged, and those of its byline with a running campaign. */
export async function selectArticlesOfFunding(db: Queryable, accountId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT article_id::text AS id FROM pledge WHERE account_id = $1
     UNION
     SELECT c.article_id::text FROM journalist j JOIN article a ON a.journalist_id = j.id
     JOIN campaign c ON c.article_id = a.id WHERE j.account_id = $1 AND c.status = 'LIVE'`,
    [accountId],
  );
  return rows.map(({ id }) => id);
}

/** Whether the campaign's article stands under the account's byline. */
export async function selectIsOwnCampaign(tx: Tx, articleId: string, accountId: string): Promise<boolean> {
  const rows = await tx.query(
    'SELECT FROM article a JOIN journalist j ON j.id = a.journalist_id WHERE a.id = $1 AND j.account_id = $2',
    [articleId, accountId],
  );
  return rows.length > 0;
}

/** A pledge as it was before its account was erased. */
export interface ErasedPledge {
  readonly id: string;
  readonly amount: string;
  /** Whether it counted, and is withdrawn now. */
  readonly wasActive: boolean;
  /** Whether its backer was named in public. */
  readonly wasNamed: boolean;
}

/**
 * Takes an account and its name off its pledges to one campaign, which must be locked. What is not due is withdrawn, or
 * released; what waits for another means of payment is dropped, because nobody will give one. What is due or was paid stays,
 * under its pseudonym, and leads to nobody.
 */
export function erasePledges(tx: Tx, articleId: string, accountId: string): Promise<ErasedPledge[]> {
  return tx.query<ErasedPledge>(
    `UPDATE pledge p SET account_id = NULL, display_name = NULL,
       status = CASE b.status WHEN 'ACTIVE' THEN 'WITHDRAWN' WHEN 'SETUP' THEN 'RELEASED'
         WHEN 'ACTION_REQUIRED' THEN 'DROPPED' ELSE b.status END,
       set_up_ref = NULL, set_up_url = NULL, set_up_done = true, look_at = NULL,
       customer_ref = CASE WHEN b.status = 'DUE' THEN p.customer_ref END,
       payment_method_ref = CASE WHEN b.status = 'DUE' THEN p.payment_method_ref END
     FROM (SELECT id, status, display_name, activated_at FROM pledge WHERE article_id = $1 AND account_id = $2
       FOR UPDATE) b
     WHERE p.article_id = $1 AND p.id = b.id
     RETURNING p.id::text AS id, p.amount::text AS amount, b.status = 'ACTIVE' AS "wasActive",
       b.display_name IS NOT NULL AND b.activated_at IS NOT NULL AND b.status <> 'WITHDRAWN' AS "wasNamed"`,
    [articleId, accountId],
  );
}
