import type { Role } from '../../../platform/auth/viewer.ts';
import type { Queryable } from '../../../platform/db/database.ts';

/** An account as moderators see it. */
export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly avatarUrl: string | null;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
}

export function selectPersons(db: Queryable, ids: readonly string[]): Promise<PersonRow[]> {
  return db.query<PersonRow>(
    `SELECT id::text AS id, name, avatar_url AS "avatarUrl", roles, created_at AS "createdAt"
     FROM account WHERE id = ANY((SELECT $1::bigint[])::bigint[])`,
    [ids],
  );
}

/** Numbers of an account's comments, by their states. */
export interface CommentCountsRow {
  readonly personId: string;
  readonly published: number;
  readonly pending: number;
  readonly rejected: number;
  readonly removed: number;
}

/** Counts the comments of accounts; one without any has a row of zeros. */
export function selectCommentCounts(db: Queryable, ids: readonly string[]): Promise<CommentCountsRow[]> {
  return db.query<CommentCountsRow>(
    `SELECT k.id::text AS "personId", n.* FROM unnest((SELECT $1::bigint[])) AS k(id) CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE c.status = 'PUBLISHED')::int AS published,
         count(*) FILTER (WHERE c.status = 'PENDING')::int AS pending,
         count(*) FILTER (WHERE c.status = 'REJECTED')::int AS rejected,
         count(*) FILTER (WHERE c.status = 'REMOVED')::int AS removed
       FROM comment c WHERE c.account_id = k.id
     ) n`,
    [ids],
  );
}
