import { type Queryable, type Tx, violatedConstraint } from '../../../platform/db/database.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import type { CampaignStatus, MilestoneStatus } from './transitions.ts';

/** A campaign. Its totals are in the row of its article. */
export interface CampaignRow {
  readonly articleId: string;
  readonly status: CampaignStatus;
  readonly testMode: boolean;
  readonly currency: string;
  readonly deadline: Date;
  readonly createdAt: Date;
  readonly launchedAt: Date | null;
  readonly endedAt: Date | null;
  readonly milestones: readonly MilestoneRow[];
}

/** A milestone; amounts are decimal texts of minor units, times are texts in ISO 8601. */
export interface MilestoneRow {
  readonly position: number;
  readonly title: string;
  readonly description: string;
  readonly goal: string;
  readonly status: MilestoneStatus;
  readonly unlockedArticleId: string | null;
  readonly reachedAt: string | null;
  readonly settledAt: string | null;
}

const columns = `
  c.article_id::text AS "articleId", c.status, c.test_mode AS "testMode", c.currency, c.deadline,
  c.created_at AS "createdAt", c.launched_at AS "launchedAt", c.ended_at AS "endedAt",
  (SELECT json_agg(json_build_object('position', m.position, 'title', m.title, 'description', m.description,
      'goal', m.goal::text, 'status', m.status, 'unlockedArticleId', m.unlocked_article_id::text,
      'reachedAt', m.reached_at, 'settledAt', m.settled_at) ORDER BY m.position)
    FROM milestone m WHERE m.article_id = c.article_id) AS milestones`;

export function selectCampaigns(db: Queryable, articleIds: readonly string[]): Promise<CampaignRow[]> {
  return db.query<CampaignRow>(
    `SELECT ${columns} FROM campaign c WHERE c.article_id = ANY((SELECT $1::bigint[])::bigint[])`,
    [articleIds],
  );
}

/** A campaign that is locked for a change, with the totals of its pledges. */
export interface LockedCampaign extends CampaignRow {
  /** Minor units. */
  readonly pledged: bigint;
}

/**
 * Locks a campaign until the transaction ends: all that concerns its money waits. After the article and before its
 * counters, as everywhere: the article is locked first, as the foreign key of the ledger does later on. In several
 * statements, because the snapshot of one that waits is older than its lock.
 */
export async function lockCampaign(tx: Tx, articleId: string): Promise<LockedCampaign | undefined> {
  const [, , [row]] = await Promise.all([
    tx.query('SELECT FROM article WHERE id = $1 FOR KEY SHARE', [articleId]),
    tx.query('SELECT FROM campaign WHERE article_id = $1 FOR UPDATE', [articleId]),
    tx.query<CampaignRow & { pledged: string }>(
      `SELECT ${columns}, coalesce(n.pledged, 0)::text AS pledged
       FROM campaign c JOIN article_counter n ON n.article_id = c.article_id WHERE c.article_id = $1`,
      [articleId],
    ),
  ]);
  return row && { ...row, pledged: BigInt(row.pledged) };
}

/** Whether the article of this slug has a campaign, a draft of one included. */
export async function selectHasCampaign(db: Queryable, slug: string): Promise<boolean> {
  const rows = await db.query(
    'SELECT FROM campaign c JOIN article a ON a.id = c.article_id WHERE a.slug = $1',
    [slug],
  );
  return rows.length > 0;
}

/** A milestone as its journalist wrote it. */
export interface NewMilestone {
  readonly title: string;
  readonly description: string;
  readonly goal: bigint;
  readonly unlockedArticleId: string | null;
}

export interface NewCampaign {
  readonly articleId: string;
  readonly testMode: boolean;
  readonly currency: string;
  readonly deadline: Date;
}

/** @returns false if the article has a campaign */
export async function insertCampaign(tx: Tx, campaign: NewCampaign): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO campaign (article_id, test_mode, currency, deadline) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING article_id`,
    [campaign.articleId, campaign.testMode, campaign.currency, campaign.deadline],
  );
  return rows.length === 1;
}

export async function updateCampaignTerms(
  tx: Tx,
  articleId: string,
  { currency, deadline }: Pick<NewCampaign, 'currency' | 'deadline'>,
): Promise<void> {
  await tx.query('UPDATE campaign SET currency = $2, deadline = $3 WHERE article_id = $1', [
    articleId,
    currency,
    deadline,
  ]);
}

/**
 * Replaces all milestones of a draft.
 * @throws Refusal INVALID_INPUT if a milestone of another campaign unlocks one of their articles
 */
export async function replaceMilestones(
  tx: Tx,
  articleId: string,
  milestones: readonly NewMilestone[],
): Promise<void> {
  await tx.query('DELETE FROM milestone WHERE article_id = $1', [articleId]);
  const inserted = tx.query(
    `INSERT INTO milestone (article_id, position, title, description, goal, unlocked_article_id)
     SELECT $1, m.n, m.title, m.description, m.goal, m.unlocked
     FROM unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[]) WITH ORDINALITY
       AS m(title, description, goal, unlocked, n)`,
    [
      articleId,
      milestones.map(({ title }) => title),
      milestones.map(({ description }) => description),
      milestones.map(({ goal }) => goal),
      milestones.map(({ unlockedArticleId }) => unlockedArticleId),
    ],
  );
  await inserted.catch((error: unknown) => {
    if (violatedConstraint(error) !== 'milestone_unlocked_article_key') throw error;
    const message = 'A milestone of another campaign unlocks one of these articles.';
    throw new Refusal('INVALID_INPUT', ['milestones'], message);
  });
}

/** Texts of a milestone, which may be mended while the campaign runs. */
export async function updateMilestoneTexts(
  tx: Tx,
  articleId: string,
  texts: readonly Pick<NewMilestone, 'title' | 'description'>[],
): Promise<void> {
  await tx.query(
    `UPDATE milestone m SET title = t.title, description = t.description
     FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS t(title, description, n)
     WHERE m.article_id = $1 AND m.position = t.n`,
    [articleId, texts.map(({ title }) => title), texts.map(({ description }) => description)],
  );
}

/** Opens a campaign and its first milestone, and its totals in the article's counters. */
export async function updateCampaignLaunched(tx: Tx, articleId: string): Promise<void> {
  await Promise.all([
    tx.query(`UPDATE campaign SET status = 'LIVE', launched_at = clock_timestamp() WHERE article_id = $1`, [
      articleId,
    ]),
    updateMilestoneOpened(tx, articleId, 1),
    tx.query(
      `UPDATE article_counter SET pledged = 0, collected = 0, paid_out = 0, backer_count = 0 WHERE article_id = $1`,
      [articleId],
    ),
  ]);
}

/** @param status no end: LIVE or SUSPENDED */
export async function updateCampaignStatus(
  tx: Tx,
  articleId: string,
  status: 'LIVE' | 'SUSPENDED',
): Promise<void> {
  await tx.query('UPDATE campaign SET status = $2 WHERE article_id = $1', [articleId, status]);
}

/** Ends a campaign: milestones that were not reached are missed. */
export async function updateCampaignEnded(
  tx: Tx,
  articleId: string,
  status: 'SUCCEEDED' | 'ENDED' | 'CANCELLED',
): Promise<void> {
  await Promise.all([
    tx.query('UPDATE campaign SET status = $2, ended_at = clock_timestamp() WHERE article_id = $1', [
      articleId,
      status,
    ]),
    tx.query(
      `UPDATE milestone SET status = 'MISSED' WHERE article_id = $1 AND status IN ('PLANNED', 'OPEN')`,
      [articleId],
    ),
  ]);
}

export async function updateMilestoneOpened(tx: Tx, articleId: string, position: number): Promise<void> {
  await tx.query(`UPDATE milestone SET status = 'OPEN' WHERE article_id = $1 AND position = $2`, [
    articleId,
    position,
  ]);
}

export async function updateMilestoneReached(tx: Tx, articleId: string, position: number): Promise<void> {
  await tx.query(
    `UPDATE milestone SET status = 'REACHED', reached_at = clock_timestamp() WHERE article_id = $1 AND position = $2`,
    [articleId, position],
  );
}

export async function updateMilestoneSettled(
  tx: Tx,
  articleId: string,
  position: number,
  status: 'FUNDED' | 'SHORT',
): Promise<void> {
  await tx.query(
    `UPDATE milestone SET status = $3, settled_at = clock_timestamp() WHERE article_id = $1 AND position = $2`,
    [articleId, position, status],
  );
}

/** Articles of live campaigns whose deadline is over, the oldest first. */
export async function selectOverdueCampaigns(db: Queryable, now: Date, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT article_id::text AS id FROM campaign WHERE status = 'LIVE' AND deadline <= $1
     ORDER BY deadline, article_id LIMIT $2`,
    [now, limit],
  );
  return rows.map(({ id }) => id);
}

/** A milestone by its key. */
export interface MilestoneKey {
  readonly articleId: string;
  readonly position: number;
}

/** Milestones of one mode whose pledges are being collected. */
export function selectReachedMilestones(
  db: Queryable,
  testMode: boolean,
  limit: number,
): Promise<MilestoneKey[]> {
  return db.query<MilestoneKey>(
    `SELECT m.article_id::text AS "articleId", m.position FROM milestone m
     JOIN campaign c ON c.article_id = m.article_id WHERE m.status = 'REACHED' AND c.test_mode = $1
     ORDER BY m.reached_at, m.article_id, m.position LIMIT $2`,
    [testMode, limit],
  );
}

/** An article that a reached milestone opens. */
export interface UnlockKey extends MilestoneKey {
  readonly unlockedArticleId: string;
}

/** Articles that are to be opened, because their milestone, of one mode, is reached. */
export function selectToUnlock(db: Queryable, testMode: boolean, limit: number): Promise<UnlockKey[]> {
  return db.query<UnlockKey>(
    `SELECT m.article_id::text AS "articleId", m.position, m.unlocked_article_id::text AS "unlockedArticleId"
     FROM milestone m JOIN campaign c ON c.article_id = m.article_id
     WHERE m.unlocked_article_id IS NOT NULL AND m.reached_at IS NOT NULL AND m.unlocked_at IS NULL
       AND c.test_mode = $1
     ORDER BY m.reached_at, m.article_id, m.position LIMIT $2`,
    [testMode, limit],
  );
}

export async function updateMilestoneUnlocked(tx: Tx, { articleId, position }: MilestoneKey): Promise<void> {
  await tx.query(
    `UPDATE milestone SET unlocked_at = clock_timestamp() WHERE article_id = $1 AND position = $2`,
    [articleId, position],
  );
}
