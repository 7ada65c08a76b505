import type { Role } from '../../../platform/auth/viewer.ts';
import type { Tx } from '../../../platform/db/database.ts';

/** "not" in ASCII: the class of the advisory lock of whoever tells administrators. */
const noticeLock = 0x6e6f74;

/** Something that all administrators are told of. */
export interface NoticeRow {
  readonly sequence: string;
  readonly kind: 'ROLE_GRANTED' | 'ROLE_REVOKED' | 'SIGNED_IN';
  readonly occurredAt: Date;
  /** Null: the service itself, or an account that was erased. */
  readonly actorName: string | null;
  readonly isBySystem: boolean;
  readonly subjectId: string | null;
  readonly subjectName: string | null;
  readonly subjectRoles: readonly Role[] | null;
  readonly role: Role | null;
  /** Of a sign-in: whether the account did not know the device. */
  readonly isUnknownDevice: boolean;
}

const isUntold = `e.kind IN ('ROLE_GRANTED', 'ROLE_REVOKED', 'SIGNED_IN')
  AND e.sequence > (SELECT administrators_told FROM moderation_log)`;

/** SQL of facts that administrators may have to be told of. */
export const noticesSql = `SELECT e.occurred_at FROM moderation_event e WHERE ${isUntold} ORDER BY e.sequence`;

/** The next facts that administrators may have to be told of. @returns none while another node does that */
export async function selectNextNotices(tx: Tx, limit: number): Promise<NoticeRow[]> {
  const [lock] = await tx.query<{ has: boolean }>('SELECT pg_try_advisory_xact_lock($1, 0) AS has', [
    noticeLock,
  ]);
  if (lock?.has !== true) return [];
  return tx.query<NoticeRow>(
    `SELECT e.sequence::text AS sequence, e.kind, e.occurred_at AS "occurredAt", actor.name AS "actorName",
       e.actor_kind = 'SYSTEM' AS "isBySystem", e.subject_id::text AS "subjectId", subject.name AS "subjectName",
       subject.roles AS "subjectRoles", e.detail->>'role' AS role,
       coalesce(e.detail->>'device' = 'UNKNOWN', false) AS "isUnknownDevice"
     FROM moderation_event e LEFT JOIN account actor ON actor.id = e.actor_id
     LEFT JOIN account subject ON subject.id = e.subject_id
     WHERE ${isUntold}
     ORDER BY e.sequence LIMIT $1`,
    [limit],
  );
}

/** Moves on, so that nobody is told twice. Comes last: whoever appends to the log waits for it. */
export async function updateAdministratorsTold(tx: Tx, sequence: string): Promise<void> {
  await tx.query('UPDATE moderation_log SET administrators_told = $1', [sequence]);
}
