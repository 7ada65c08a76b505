import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { type Found, type KeysetRow, type ListRange, selectKeysetPage } from '../../../platform/db/keyset.ts';
import { personalData } from '../../../platform/db/personal-data.ts';
import type { ModerationAppealEntity } from './appeal.entity.ts';

/** An appeal as it is stored. */
export type AppealRow = Readonly<ModerationAppealEntity>;

export type AppealOutcome = NonNullable<AppealRow['outcome']>;

const columns = `x.decision_id::text AS "decisionId", x.account_id::text AS "accountId", x.text,
  x.appealed_at AS "appealedAt", x.outcome, x.answer, x.answered_by::text AS "answeredBy", x.answered_at AS "answeredAt"`;

/** @returns false if there is an appeal already */
export async function insertAppeal(
  tx: Tx,
  { decisionId, accountId, text }: Pick<AppealRow, 'decisionId' | 'accountId' | 'text'>,
): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO moderation_appeal (decision_id, account_id, text) VALUES ($1, $2, $3)
     ON CONFLICT (decision_id) DO NOTHING RETURNING 1`,
    [decisionId, accountId, text],
  );
  return rows.length > 0;
}

/** Locks an appeal until the transaction ends. */
export async function lockAppeal(tx: Tx, decisionId: string): Promise<AppealRow | undefined> {
  const [row] = await tx.query<AppealRow>(
    `SELECT ${columns} FROM moderation_appeal x WHERE x.decision_id = $1 FOR UPDATE`,
    [decisionId],
  );
  return row;
}

export async function updateAppealAnswered(
  tx: Tx,
  decisionId: string,
  { outcome, answer, answeredBy }: { outcome: AppealOutcome; answer: string | null; answeredBy: string },
): Promise<void> {
  await tx.query(
    `UPDATE moderation_appeal SET outcome = $2, answer = $3, answered_by = $4, answered_at = clock_timestamp()
     WHERE decision_id = $1`,
    [decisionId, outcome, answer, answeredBy],
  );
}

export function selectAppeals(db: Queryable, decisionIds: readonly string[]): Promise<AppealRow[]> {
  return db.query<AppealRow>(
    `SELECT ${columns} FROM moderation_appeal x WHERE x.decision_id = ANY((SELECT $1::bigint[])::bigint[])`,
    [decisionIds],
  );
}

/** A row of a list of appeals. */
export type ListedAppealRow = AppealRow & KeysetRow;

const stateSql = { open: 'x.outcome IS NULL', answered: 'x.outcome IS NOT NULL' } as const;

/** Whether appeals are listed that wait for an answer, or the others. */
export type AppealState = keyof typeof stateSql;

/** Selects a page of appeals, those against the oldest decisions first. */
export function selectAppealPage(
  db: Queryable,
  state: AppealState,
  range: ListRange,
): Promise<Found<ListedAppealRow>> {
  return selectKeysetPage<ListedAppealRow>(db, { scopes: [[1]], ...range }, () => ({
    list: {
      table: 'moderation_appeal',
      scope: { list: 'int' },
      where: stateSql[state],
      keys: ['decision_id'],
      descending: false,
      pageColumns: ['decision_id'],
    },
    columns: `x.decision_id::text AS id, ${columns}`,
    join: 'LEFT JOIN moderation_appeal x ON x.decision_id = page.decision_id',
  }));
}

export async function countAppeals(db: Queryable, state: AppealState): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM moderation_appeal x WHERE ${stateSql[state]}`,
  );
  return row?.count ?? 0;
}

/** Deletes the appeals of an account, and takes it out of those that it has answered. */
export async function forgetAppeals(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM moderation_appeal WHERE account_id = $1', [accountId]);
  await tx.query('UPDATE moderation_appeal SET answered_by = NULL WHERE answered_by = $1', [accountId]);
}

/** The appeals of an account, with their answers. */
export const appealData = personalData(
  'appeals',
  `SELECT decision_id::text AS key, jsonb_build_object('decision', decision_id::text, 'text', text,
     'appealedAt', appealed_at, 'outcome', outcome, 'answer', answer, 'answeredAt', answered_at) AS data
   FROM moderation_appeal WHERE account_id = $1 AND decision_id > $2 ORDER BY decision_id LIMIT $3`,
  '0',
);
