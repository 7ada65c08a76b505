import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';
import type { PersonalData } from '../../../platform/db/personal-data.ts';

/** Most rows of one account: the ones that were seen last stay. */
const maxDevices = 50;

/** What is known of an account's devices. */
export interface KnownDevices {
  /** Whether the account has signed in before. */
  readonly hasAny: boolean;
  /** Those of the hashes that were seen since the given time, in hexadecimal digits. */
  readonly known: readonly string[];
}

export async function selectKnownDevices(
  db: Queryable,
  { accountId, hashes, since }: { accountId: string; hashes: readonly Buffer[]; since: Date },
): Promise<KnownDevices> {
  const [row] = await db.query<KnownDevices>(
    `SELECT count(*) > 0 AS "hasAny",
       coalesce(array_agg(encode(hash, 'hex')) FILTER (WHERE hash = ANY($2::bytea[]) AND seen_at > $3), '{}') AS known
     FROM account_device WHERE account_id = $1`,
    [accountId, hashes, since],
  );
  return row ?? { hasAny: false, known: [] };
}

/** Notes a sign-in, and forgets what was not seen for longest beyond the bound. */
export async function upsertDevices(
  tx: Tx,
  { accountId, hashes, at }: { accountId: string; hashes: readonly Buffer[]; at: Date },
): Promise<void> {
  await tx.query(
    `INSERT INTO account_device AS d (account_id, hash, seen_at) SELECT $1, hash, $3 FROM unnest($2::bytea[]) AS hash
     ON CONFLICT (account_id, hash) DO UPDATE SET seen_at = greatest(d.seen_at, excluded.seen_at)`,
    [accountId, hashes, at],
  );
  await tx.query(
    `DELETE FROM account_device WHERE account_id = $1 AND hash IN (
       SELECT hash FROM account_device WHERE account_id = $1 ORDER BY seen_at DESC, hash OFFSET ${maxDevices})`,
    [accountId],
  );
}

export async function deleteDevices(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM account_device WHERE account_id = $1', [accountId]);
}

const rowsPerStep = 500;

/**
 * Deletes what was not seen for a year, but for the last row of an account: without any, its next sign-in would count as the
 * first one.
 */
export async function pruneDevices(tx: Tx, at: Date): Promise<PruneStep> {
  const rows = await tx.query(
    `DELETE FROM account_device d WHERE (account_id, hash) IN (
       SELECT account_id, hash FROM account_device o WHERE seen_at < $1::timestamptz - interval '365 days'
         AND EXISTS (SELECT FROM account_device n WHERE n.account_id = o.account_id
           AND (n.seen_at, n.hash) > (o.seen_at, o.hash))
       ORDER BY seen_at LIMIT $2)
     RETURNING 1`,
    [at, rowsPerStep],
  );
  return { removed: { account_device: rows.length }, more: rows.length === rowsPerStep };
}

/** When an account has signed in from devices that would be recognised. Their hashes say nothing. */
export const deviceData: PersonalData = {
  name: 'recognisedDevices',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT encode(hash, 'hex') AS key, jsonb_build_object('lastSignIn', seen_at) AS data
       FROM account_device WHERE account_id = $1 AND ($2::text IS NULL OR hash > decode($2, 'hex'))
       ORDER BY hash LIMIT $3`,
      [accountId, after ?? null, limit],
    ),
};
