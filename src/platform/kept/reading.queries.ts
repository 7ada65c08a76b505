import type { Queryable } from '../db/database.ts';

/** A moment of the site, by which it is known later whether anything has changed since. */
export interface Moment {
  /**
   * Equal at two moments: between them nothing public changed that no article's log tells of, the log is the same, and
   * so is the server's run.
   */
  readonly site: string;
  /**
   * Equal at two moments: between them no transaction was committed. It is PostgreSQL's own snapshot, which names the
   * transactions whose changes can be seen. A standby's does not, so that no two moments of one are equal.
   */
  readonly everything: string;
}

/** The state of the clock at one moment. */
export interface Reading extends Moment {
  /** The epoch of the log, and the server's run: heads of another one say nothing. */
  readonly log: string;
  /** The heads of those articles that are published. The others change without events, and have no entry. */
  readonly heads: ReadonlyMap<string, number>;
}

// The array is in a subquery for the reason given at `selectComments`, and the heads are no joins, so that each is found by
// its key whatever the planner expects. The tables of one row are no joins either: before they are analysed, the planner
// expects thousands of rows of each, and compiles the plan of what it takes for millions.
const statement = `
SELECT extract(epoch FROM pg_postmaster_start_time()) || ' ' || (SELECT epoch FROM event_log) AS log,
  (SELECT revision::text FROM site_revision) AS revision,
  CASE WHEN pg_is_in_recovery() THEN clock_timestamp()::text ELSE pg_current_snapshot()::text END AS everything,
  (SELECT string_agg(CASE (SELECT status FROM article a WHERE a.id = s.id) WHEN 'PUBLISHED'
     THEN coalesce((SELECT sequence::text FROM article_counter c WHERE c.article_id = s.id), '') ELSE '' END,
     ',' ORDER BY s.n)
   FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY AS s(id, n)) AS heads`;

interface Row {
  readonly log: string;
  readonly revision: string;
  readonly everything: string;
  readonly heads: string | null;
}

/** Reads the clock, and the heads of some articles, all at one moment. */
export async function selectReading(db: Queryable, articleIds: readonly string[]): Promise<Reading> {
  const [row] = await db.query<Row>(statement, [articleIds]);
  if (!row) throw new Error('The site has no revision');
  const heads = new Map<string, number>();
  const found = row.heads?.split(',') ?? [];
  articleIds.forEach((id, index) => {
    if (found[index]) heads.set(id, Number(found[index]));
  });
  const { log, revision, everything } = row;
  return { log, site: `${log} ${revision}`, everything, heads };
}
