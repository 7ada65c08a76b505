import type { Client } from 'pg';

/** Adds accounts, with ids behind all others. @returns their ids */
export async function insertBackers(client: Client, count: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO account (email, name, password_hash)
     SELECT 'backer-' || n || '@example.org', 'Backer ' || n, '-' FROM generate_series(1, $1::int) AS n
     RETURNING id::text AS id`,
    [count],
  );
  return rows.map(({ id }) => id);
}

/** Pledges of former campaigns. */
const formerPledges = 20_000;

/**
 * Adds articles with campaigns that take pledges, and whose goal nobody reaches, and one more with pledges of before: on a
 * site that has none yet, the database would plan its statements for an empty table, and use these plans until it has
 * counted the rows of the measurement.
 * @returns their keys
 */
export async function insertCampaigns(client: Client, count: number): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `WITH made AS (
       INSERT INTO article (journalist_id, slug, title, standfirst, status, published_at, published_precision)
       SELECT journalist_id, 'pledged-' || n, title, standfirst, status, published_at, published_precision
       FROM article, generate_series(1, $1::int) AS n WHERE id = 1
       RETURNING id
     ), texts AS (
       INSERT INTO article_text (article_id, body_markdown, body_html, body_text, contact_addresses)
       SELECT m.id, body_markdown, body_html, body_text, contact_addresses FROM made m, article_text
       WHERE article_id = 1
     ), counters AS (
       INSERT INTO article_counter (article_id, pledged, collected, paid_out, backer_count)
       SELECT id, 0, 0, 0, 0 FROM made
     ), campaigns AS (
       INSERT INTO campaign (article_id, status, test_mode, currency, deadline, launched_at)
       SELECT id, 'LIVE', true, 'EUR', now() + interval '30 days', now() FROM made RETURNING article_id
     ), milestones AS (
       INSERT INTO milestone (article_id, position, title, description, goal, status)
       SELECT article_id, 1, 'The journey', 'A week on the islands.', 1000000000000, 'OPEN' FROM campaigns
     )
     SELECT id::text AS id FROM made ORDER BY id`,
    [count + 1],
  );
  const [former, ...campaigns] = rows.map(({ id }) => id);
  await client.query(
    `INSERT INTO pledge (article_id, milestone, account_id, pseudonym, amount, status)
     SELECT $1::bigint, 1, a.id, 'former-' || n, 500, 'RELEASED' FROM generate_series(1, $2::int) AS n
     JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS all FROM account) a
       ON a.place = 1 + n % a.all`,
    [former, formerPledges],
  );
  await client.query('ANALYZE');
  return campaigns;
}

/** What is stored of pledges. */
export interface StoredPledges {
  /** Pledges that count. */
  readonly active: number;
  /** Their events. */
  readonly events: number;
  /** Idempotency keys whose result is one of them. */
  readonly keys: number;
  /** Pledges in any state, without the former ones. */
  readonly pledges: number;
  /** Sum of the backers that the campaigns show. */
  readonly backers: number;
  /** Sum of what the campaigns show as promised. */
  readonly pledged: number;
}

/** Counts all pledges. */
export async function countPledges(client: Client): Promise<StoredPledges> {
  const { rows } = await client.query<StoredPledges>(
    `SELECT (SELECT count(*)::int FROM pledge WHERE status = 'ACTIVE') AS active,
       (SELECT count(*)::int FROM pledge p JOIN article_event e ON e.article_id = p.article_id AND e.subject_id = p.id
         WHERE e.kind = 'PLEDGE_ADDED') AS events,
       (SELECT count(*)::int FROM pledge p JOIN idempotency_key k ON k.article_id = p.article_id
         AND k.result_id = p.id AND k.account_id = p.account_id) AS keys,
       (SELECT count(*)::int FROM pledge WHERE status <> 'RELEASED') AS pledges,
       (SELECT sum(backer_count)::int FROM article_counter) AS backers,
       (SELECT sum(pledged)::int FROM article_counter) AS pledged`,
  );
  const [stored] = rows;
  if (!stored) throw new Error('Nothing was counted');
  return stored;
}

/** The number of backers that campaigns show. */
export async function countBackers(client: Client, articleIds: readonly string[]): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    'SELECT coalesce(sum(backer_count), 0)::int AS count FROM article_counter WHERE article_id = ANY($1::bigint[])',
    [articleIds],
  );
  return rows[0]?.count ?? 0;
}
