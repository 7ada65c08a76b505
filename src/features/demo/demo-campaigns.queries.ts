import { suspendedSql } from '../people/account/sanction.queries.ts';
import type { Viewer } from '../../platform/auth/viewer.ts';
import type { Queryable } from '../../platform/db/database.ts';
import type { CampaignStatus, MilestoneStatus } from '../funding/campaign/transitions.ts';

/**
 * Begins a session of a person of the demo, in which the demo acts for them. It has no tokens: nobody else uses it.
 * @returns the person, as the services know who acts
 */
export async function actAs(db: Queryable, email: string): Promise<Viewer | undefined> {
  const [row] = await db.query<Viewer>(
    `WITH person AS (SELECT * FROM account WHERE email = $1), acting AS (
       INSERT INTO session (id, account_id, created_at) SELECT md5('demo:' || id)::uuid, id, clock_timestamp() FROM person
       ON CONFLICT (id) DO UPDATE SET revoked_at = NULL RETURNING id
     )
     SELECT p.id::text AS "accountId", s.id AS "sessionId", p.name, p.roles, ${suspendedSql('p')} AS suspended,
       p.email_verified_at IS NULL AS unconfirmed
     FROM person p, acting s`,
    [email],
  );
  return row;
}

/** An article of the demo, and the address of the account to which its byline belongs. */
export interface PitchRow {
  readonly articleId: string;
  readonly email: string | null;
}

export async function selectPitchOfDemo(db: Queryable, slug: string): Promise<PitchRow | undefined> {
  const [row] = await db.query<PitchRow>(
    `SELECT a.id::text AS "articleId", u.email FROM article a JOIN journalist j ON j.id = a.journalist_id
     LEFT JOIN account u ON u.id = j.account_id WHERE a.slug = $1`,
    [slug],
  );
  return row;
}

/** A campaign as far as the demo has brought it. */
export interface CampaignState {
  readonly status: CampaignStatus;
  readonly deadline: Date;
  readonly launchedAt: Date | null;
  readonly milestones: readonly { readonly title: string; readonly status: MilestoneStatus }[];
}

export async function selectCampaignState(
  db: Queryable,
  articleId: string,
): Promise<CampaignState | undefined> {
  const [row] = await db.query<CampaignState>(
    `SELECT c.status, c.deadline, c.launched_at AS "launchedAt",
       (SELECT jsonb_agg(jsonb_build_object('title', m.title, 'status', m.status) ORDER BY m.position)
        FROM milestone m WHERE m.article_id = c.article_id) AS milestones
     FROM campaign c WHERE c.article_id = $1`,
    [articleId],
  );
  return row;
}

/** How many of these people's pledges to a campaign still wait for a means of payment. */
export async function countUnsaved(
  db: Queryable,
  articleId: string,
  emails: readonly string[],
): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pledge p JOIN account u ON u.id = p.account_id
     WHERE p.article_id = $1 AND p.status = 'SETUP' AND u.email = ANY($2)`,
    [articleId, emails],
  );
  return row?.count ?? 0;
}
