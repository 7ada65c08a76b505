import { suspendedSql } from '../account/sanction.queries.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { Queryable } from '../db/database.ts';
import type { CampaignStatus, MilestoneStatus } from '../funding/transitions.ts';

/** Nobody is signed in: the demo acts for its people itself. */
const noSession = '00000000-0000-0000-0000-000000000000';

/** A person of the demo, as the services know who acts. */
export async function selectPerson(db: Queryable, email: string): Promise<Viewer | undefined> {
  const [row] = await db.query<Omit<Viewer, 'sessionId'>>(
    `SELECT id::text AS "accountId", name, roles, ${suspendedSql('account')} AS suspended FROM account WHERE email = $1`,
    [email],
  );
  return row && { ...row, sessionId: noSession };
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
