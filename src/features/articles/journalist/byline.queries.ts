import type { Tx } from '../../../platform/db/database.ts';

/** A byline and its account. */
export interface BylineRow {
  readonly id: string;
  readonly accountId: string | null;
}

/** Locks the byline until the transaction ends. */
export async function lockByline(tx: Tx, slug: string): Promise<BylineRow | undefined> {
  const [row] = await tx.query<BylineRow>(
    `SELECT id::text AS id, account_id::text AS "accountId" FROM journalist WHERE slug = $1 FOR NO KEY UPDATE`,
    [slug],
  );
  return row;
}

export async function insertByline(
  tx: Tx,
  byline: { slug: string; name: string; accountId: string },
): Promise<void> {
  await tx.query('INSERT INTO journalist (slug, name, account_id) VALUES ($1, $2, $3)', [
    byline.slug,
    byline.name,
    byline.accountId,
  ]);
}

export async function updateBylineAccount(tx: Tx, bylineId: string, accountId: string): Promise<void> {
  await tx.query('UPDATE journalist SET account_id = $2 WHERE id = $1', [bylineId, accountId]);
}

/** Removes the account from its byline; the byline stays, with its articles. */
export async function updateBylineUnlinked(tx: Tx, accountId: string): Promise<void> {
  await tx.query('UPDATE journalist SET account_id = NULL WHERE account_id = $1', [accountId]);
}
