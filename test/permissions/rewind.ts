import type { Database } from '../../src/db/database.ts';

/** Tables that mutations of comments, endorsements, articles, campaigns and pledges write, in an order for inserting rows; without `article`. */
const tables = [
  'article_text',
  'article_search',
  'article_tag',
  'signature',
  'comment',
  'comment_counter',
  'comment_reaction',
  'comment_revision',
  'held_edit',
  'comment_decision',
  'comment_report',
  'article_counter',
  'article_event',
  'endorsement',
  'campaign',
  'milestone',
  'pledge',
  'payment',
  'refund',
  'payout',
  'idempotency_key',
];
const backwards = [...tables].reverse();

/** Stores the present state of a database, to restore it any number of times: faster than a copy for every attempt. */
export class Rewind {
  readonly #db: Database;

  private constructor(db: Database) {
    this.#db = db;
  }

  static async from(db: Database): Promise<Rewind> {
    await db.query('CREATE SCHEMA kept');
    for (const table of [...tables, 'article'])
      await db.query(`CREATE TABLE kept.${table} AS TABLE ${table}`);
    const sum = [...tables, 'article']
      .map(
        (table) =>
          `SELECT '${table}' AS t, md5(string_agg(x::text, '|' ORDER BY x::text)) AS m FROM ${table} x`,
      )
      .join(' UNION ALL ');
    await db.query(`CREATE FUNCTION kept.sum() RETURNS text LANGUAGE sql AS $$
      SELECT string_agg(t || coalesce(m, ''), ',' ORDER BY t) FROM (${sum}) s $$`);
    await db.query('CREATE TABLE kept.start AS SELECT kept.sum() AS sum');
    await db.query(`CREATE FUNCTION kept.rewind() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
      IF (SELECT sum FROM kept.start) = kept.sum() THEN RETURN false; END IF;
      ${backwards.map((table) => `DELETE FROM ${table};`).join('\n')}
      DELETE FROM article WHERE id NOT IN (SELECT id FROM kept.article);
      ${tables.map((table) => `INSERT INTO ${table} SELECT * FROM kept.${table};`).join('\n')}
      UPDATE article a SET status = k.status, comment_policy = k.comment_policy, updated_at = k.updated_at,
        title = k.title, published_at = k.published_at, published_precision = k.published_precision,
        slow_mode_seconds = k.slow_mode_seconds, max_links = k.max_links, first_comments = k.first_comments
        FROM kept.article k WHERE k.id = a.id AND a::text IS DISTINCT FROM k::text;
      RETURN true;
    END $$`);
    return new Rewind(db);
  }

  /** Restores the stored state. @returns whether anything was different */
  async rewind(): Promise<boolean> {
    const [row] = await this.#db.query<{ changed: boolean }>('SELECT kept.rewind() AS changed');
    return row?.changed ?? false;
  }
}
