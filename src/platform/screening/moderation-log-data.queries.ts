import type { Tx } from '../db/database.ts';
import { type PersonalData, personalData } from '../db/personal-data.ts';
import type { ReportState } from './comment-report.entity.ts';
import { outcomeOf } from './report-outcome.ts';

/**
 * Takes an account out of everything that tells of moderation. What was done stays: that somebody has, to somebody, when and why.
 * What the account has written, and what was written about it, is deleted.
 */
export async function forgetAccount(tx: Tx, accountId: string): Promise<void> {
  const statements = [
    'UPDATE comment_report SET account_id = NULL, note = NULL WHERE account_id = $1',
    'UPDATE comment_report SET subject_id = NULL WHERE subject_id = $1',
    'UPDATE moderation_item SET claimed_by = NULL, claimed_until = NULL WHERE claimed_by = $1',
    'UPDATE moderation_item SET account_id = NULL WHERE account_id = $1',
    'UPDATE moderation_decision SET subject_id = NULL, note = NULL WHERE subject_id = $1',
    'UPDATE moderation_decision SET actor_id = NULL WHERE actor_id = $1',
    'UPDATE moderation_decision SET undone_by = NULL WHERE undone_by = $1',
    'UPDATE moderation_event SET subject_id = NULL WHERE subject_id = $1',
    'UPDATE moderation_event SET actor_id = NULL WHERE actor_id = $1',
  ];
  for (const statement of statements) await tx.query(statement, [accountId]);
}

/** A report without its state. */
interface ReportDataRow {
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly state: ReportState;
}

/** What an account has reported, and what became of it, in the words of `Viewer.reports`. */
export const reportData: PersonalData = {
  name: 'reports',
  select: async (db, accountId, { after, limit }) => {
    const rows = await db.query<ReportDataRow>(
      `SELECT id::text AS key, jsonb_build_object('comment', comment_id::text, 'reason', reason, 'note', note,
         'createdAt', created_at) AS data, state
       FROM comment_report WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
      [accountId, after ?? '0', limit],
    );
    return rows.map(({ key, data, state }) => ({ key, data: { ...data, outcome: outcomeOf(state) } }));
  },
};

/** What was decided about an account and its comments; not by whom. As in `Viewer.decisions`, no keeping, which would tell of reports. */
export const decisionData = personalData(
  'decisions',
  `SELECT id::text AS key, jsonb_build_object('kind', kind, 'comment', comment_id::text, 'reason', reason, 'note', note,
     'until', until, 'since', since, 'decidedAt', decided_at, 'undoneAt', undone_at) AS data
   FROM moderation_decision WHERE subject_id = $1 AND kind <> 'KEPT' AND id > $2 ORDER BY id LIMIT $3`,
  '0',
);
