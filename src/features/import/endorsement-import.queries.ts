import type { Queryable, Tx } from '../../platform/db/database.ts';
import { chunksOf } from './chunks.ts';
import type { EndorsementPlan, EndorsementTexts, PresentEndorsement } from './endorsement-plan.ts';

/** Selects all endorsements of an article, including withdrawn ones, in their order. */
export function selectAllEndorsements(db: Queryable, articleId: string): Promise<PresentEndorsement[]> {
  return db.query<PresentEndorsement>(
    `SELECT id::text AS id, import_key AS "importKey", ordinal::text AS ordinal, account_id::text AS "accountId",
       by_mail AS "byMail", display_name AS "displayName", affiliation, statement, featured, listed, created_at AS "createdAt",
       created_precision AS "createdPrecision"
     FROM endorsement e WHERE article_id = $1 ORDER BY e.ordinal`,
    [articleId],
  );
}

/** @returns the ids, in the order of the list */
export async function insertEndorsements(
  tx: Tx,
  articleId: string,
  added: EndorsementPlan['added'],
): Promise<string[]> {
  const ids: string[] = [];
  for (const chunk of chunksOf(added)) {
    const rows = await tx.query<{ id: string }>(
      `WITH made AS (
  SELECT r.*, nextval('endorsement_id_seq') AS id
  FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::timestamptz[], $8::text[],
    $9::text[]) WITH ORDINALITY AS r(ordinal, display_name, affiliation, statement, featured, created_at, precision,
    key, n)
), inserted AS (
  INSERT INTO endorsement (article_id, id, ordinal, display_name, affiliation, statement, featured, listed, created_at,
    created_precision, import_key)
  SELECT $1, id, ordinal, display_name, affiliation, statement, featured, true, created_at, precision, key FROM made
)
SELECT id::text AS id FROM made ORDER BY n`,
      [
        articleId,
        chunk.map((row) => String(row.ordinal)),
        chunk.map((row) => row.endorsement.displayName),
        chunk.map((row) => row.endorsement.affiliation ?? null),
        chunk.map((row) => row.endorsement.statement ?? null),
        chunk.map((row) => row.endorsement.featured ?? false),
        chunk.map((row) => row.endorsement.createdAt.at),
        chunk.map((row) => row.endorsement.createdAt.precision),
        chunk.map((row) => row.endorsement.key),
      ],
    );
    ids.push(...rows.map(({ id }) => id));
  }
  return ids;
}

export async function updateEndorsementTexts(
  tx: Tx,
  articleId: string,
  updated: readonly ({ readonly id: string } & EndorsementTexts)[],
): Promise<void> {
  for (const chunk of chunksOf(updated)) {
    await tx.query(
      `UPDATE endorsement e SET display_name = r.display_name, affiliation = r.affiliation, statement = r.statement,
         featured = r.featured
       FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::boolean[])
         AS r(id, display_name, affiliation, statement, featured)
       WHERE e.article_id = $1 AND e.id = r.id`,
      [
        articleId,
        chunk.map((row) => row.id),
        chunk.map((row) => row.displayName),
        chunk.map((row) => row.affiliation),
        chunk.map((row) => row.statement),
        chunk.map((row) => row.featured),
      ],
    );
  }
}
