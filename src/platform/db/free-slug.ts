import { maxSlugNumber } from '../text/slug.ts';
import type { Tx } from './database.ts';

/**
 * The first free slug of `base`, `base-2`, `base-3` … Another transaction may take it in the meantime: insert with ON
 * CONFLICT DO NOTHING, which waits for that transaction, and call again on a conflict.
 * @returns undefined when all are taken
 */
export async function selectFreeSlug(
  tx: Tx,
  table: 'article' | 'journalist',
  base: string,
): Promise<string | undefined> {
  const [row] = await tx.query<{ slug: string }>(
    // Recurses only past slugs that are taken: one index look-up for each row with this base.
    `WITH RECURSIVE tried AS (
  SELECT 1 AS n, $1::text AS slug
  UNION ALL
  SELECT t.n + 1, $1::text || '-' || (t.n + 1) FROM tried t
  WHERE t.n < $2 AND EXISTS (SELECT FROM ${table} x WHERE x.slug = t.slug)
)
SELECT t.slug FROM tried t WHERE NOT EXISTS (SELECT FROM ${table} x WHERE x.slug = t.slug)`,
    [base, maxSlugNumber],
  );
  return row?.slug;
}
