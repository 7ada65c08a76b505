import type { Queryable, Tx } from '../../platform/db/database.ts';
import { digestSql, forgottenKeySql } from '../comments/imported-authors/imported-author.queries.ts';
import { chunksOf } from './chunks.ts';
import type { ThreadAuthor } from './thread-input.ts';

/** An author as the database has it. */
export interface StoredAuthor {
  readonly id: string;
  /** The account that has claimed the author's comments. */
  readonly accountId: string | null;
  readonly isForgotten: boolean;
}

/** The key of this database's digests of addresses. */
export async function selectSecret(db: Queryable): Promise<Buffer> {
  const [row] = await db.query<{ secret: Buffer }>('SELECT secret FROM imported_author_secret');
  if (!row) throw new Error('The database has no secret for digests of addresses');
  return row.secret;
}

/** The columns of a comment that say who wrote it. */
export interface CommentAuthorColumns {
  /** A name of whose bearer nothing else is known; null with an imported author. */
  readonly name: string | null;
  /** The imported author. */
  readonly id: string | null;
  /** The account that has claimed the author. */
  readonly accountId: string | null;
}

const given = `unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) AS g(key, name, named_at, email)`;

const insertNew = `INSERT INTO imported_author (key, name, named_at, email_digest)
  SELECT g.key, g.name, g.named_at, CASE WHEN g.email IS NOT NULL THEN ${digestSql('g.email')} END FROM ${given}
  WHERE NOT EXISTS (SELECT FROM imported_author f WHERE f.key = ${forgottenKeySql('g.key')})
  ORDER BY g.key ON CONFLICT (key) DO NOTHING`;

// Locked until the article is imported, so that a claim comes before it or behind it.
const lockAll = `SELECT g.key, a.id::text AS id, a.account_id::text AS "accountId", a.forgotten_at IS NOT NULL AS "isForgotten"
  FROM unnest($1::text[]) AS g(key) JOIN imported_author a ON a.key IN (g.key, ${forgottenKeySql('g.key')})
  ORDER BY a.id FOR NO KEY UPDATE OF a`;

/** The name of the latest comment counts. An address is learned, and never forgotten because another export is without it. */
const updateKnown = `UPDATE imported_author a SET name = n.name, named_at = n.named_at, email_digest = n.email_digest
  FROM (SELECT o.id, CASE WHEN g.named_at >= o.named_at THEN g.name ELSE o.name END AS name,
      greatest(g.named_at, o.named_at) AS named_at,
      CASE WHEN o.account_id IS NULL AND g.email IS NOT NULL THEN ${digestSql('g.email')} ELSE o.email_digest END
        AS email_digest
    FROM ${given} JOIN imported_author o ON o.key = g.key WHERE o.forgotten_at IS NULL) n
  WHERE a.id = n.id AND (a.name, a.named_at, a.email_digest) IS DISTINCT FROM (n.name, n.named_at, n.email_digest)
  RETURNING a.key`;

/**
 * Stores authors, and locks them until the transaction ends.
 * @returns the authors by key, and the keys of those that were known and have changed
 */
export async function saveAuthors(
  tx: Tx,
  authors: readonly ThreadAuthor[],
): Promise<{ readonly byKey: ReadonlyMap<string, StoredAuthor>; readonly changed: ReadonlySet<string> }> {
  const byKey = new Map<string, StoredAuthor>();
  const changed = new Set<string>();
  const sorted = [...authors].sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const chunk of chunksOf(sorted)) {
    const keys = chunk.map(({ key }) => key);
    const values = [
      keys,
      chunk.map(({ name }) => name),
      chunk.map(({ namedAt }) => namedAt),
      chunk.map(({ email }) => email ?? null),
    ];
    await tx.query(insertNew, values);
    const rows = await tx.query<StoredAuthor & { key: string }>(lockAll, [keys]);
    for (const { key, ...author } of rows) byKey.set(key, author);
    for (const { key } of await tx.query<{ key: string }>(updateKnown, values)) changed.add(key);
  }
  return { byKey, changed };
}
