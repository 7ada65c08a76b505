import type { Queryable } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetList,
  type KeysetRow,
  type ListRange,
  selectKeysetPages,
} from '../../../platform/db/keyset.ts';

/** A place in the list of an account's public comments. */
export interface AuthorCommentRow extends KeysetRow {
  readonly id: string;
  readonly articleId: string;
  readonly ordinal: string;
}

/** Published comments under published articles: the same for all viewers. */
const list: KeysetList = {
  table: 'comment',
  scope: { account_id: 'bigint' },
  where: `x.account_id = s.account_id AND x.status = 'PUBLISHED'
    AND EXISTS (SELECT FROM article a WHERE a.id = x.article_id AND a.status = 'PUBLISHED')`,
  // Comments under different articles may have the same ordinal.
  keys: ['ordinal', 'id'],
  descending: true,
  pageColumns: ['article_id', 'id', 'ordinal'],
};

/** Selects pages of the public comments of accounts, newest first. */
export function selectAuthorCommentPages(
  db: Queryable,
  accountIds: readonly string[],
  range: ListRange,
): Promise<Found<AuthorCommentRow>[]> {
  return selectKeysetPages<AuthorCommentRow>(db, { scopes: [accountIds], ...range }, () => ({
    list,
    columns: `page.article_id::text AS "articleId", page.id::text AS id, page.ordinal::text AS ordinal`,
  }));
}

/** Selects those accounts whose comments may be listed. */
export async function selectListingAccounts(
  db: Queryable,
  accountIds: readonly string[],
): Promise<{ id: string }[]> {
  return db.query(
    `SELECT id::text AS id FROM account WHERE id = ANY((SELECT $1::bigint[])::bigint[]) AND lists_comments`,
    [accountIds],
  );
}
