import { maxSlugNumber } from '../text/slug.ts';
import type { Tx } from './database.ts';

/**
 * The first of `base`, `base-2`, `base-3` … that is free. Another transaction may take it in the meantime: insert with
 * ON CONFLICT DO NOTHING, which waits for that one, and ask again.
 * @returns undefined when all are taken
 */
export async function selectFreeSlug(
  tx: Tx,
  table: 'article' | 'journalist',
  base: string,
): Promise<string | undefined> {
  const [row] = await tx.query<{ slug: string }>(
    // Goes on only while it meets taken ones: as many index look-ups as there are things of this name.
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
