import {
  type Found,
  type KeysetList,
  type KeysetRow,
  selectKeysetPage,
} from '../../../platform/db/keyset.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';

/** A byline without its biography. */
export interface ShortJournalistRow {
  readonly id: string;
  readonly accountId: string | null;
  readonly slug: string;
  readonly name: string;
  readonly location: string | null;
  readonly photoUrl: string | null;
}

/** A byline. */
export interface JournalistRow extends ShortJournalistRow {
  readonly bioHtml: string | null;
  readonly bioText: string | null;
}

const columns = `id::text AS id, account_id::text AS "accountId", slug, name, location, photo_url AS "photoUrl",
    bio_html AS "bioHtml", bio_text AS "bioText"`;

const select = `
  SELECT ${columns}
  FROM journalist`;

export function selectJournalists(db: Queryable, ids: readonly string[]): Promise<JournalistRow[]> {
  return db.query<JournalistRow>(`${select} WHERE id = ANY((SELECT $1::bigint[])::bigint[])`, [ids]);
}

export function selectJournalistsBySlug(db: Queryable, slugs: readonly string[]): Promise<JournalistRow[]> {
  return db.query<JournalistRow>(`${select} WHERE slug = ANY((SELECT $1::text[])::text[])`, [slugs]);
}

export function selectJournalistsByAccount(
  db: Queryable,
  accountIds: readonly string[],
): Promise<JournalistRow[]> {
  return db.query<JournalistRow>(`${select} WHERE account_id = ANY((SELECT $1::bigint[])::bigint[])`, [
    accountIds,
  ]);
}

export async function selectJournalistTotal(db: Queryable): Promise<number> {
  const [row] = await db.query<{ count: number }>('SELECT count(*)::int AS count FROM journalist');
  return row?.count ?? 0;
}

export type ListedJournalistRow = JournalistRow & KeysetRow & { readonly id: string };

const list: KeysetList = {
  table: 'journalist',
  scope: { nobody: 'bigint' },
  where: 'true',
  keys: ['name', 'id'],
  descending: false,
  pageColumns: ['*'],
};

/** Selects a page of all journalists, sorted by name. A cursor contains only the id, because a name may be long. */
export function selectJournalistPage(
  db: Queryable,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<ListedJournalistRow>> {
  return selectKeysetPage<ListedJournalistRow>(db, { scopes: [[null]], ...range }, () => ({
    list,
    cursorSql: (at) => [`(SELECT name FROM journalist WHERE id = ${at(0)}::bigint)`, `${at(0)}::bigint`],
    columns,
  }));
}

/** SQL for a byline without its biography, by property; `alias` is the alias of the journalist's table. */
const shortValues = (alias: string): Record<keyof ShortJournalistRow, string> => ({
  id: `${alias}.id::text`,
  accountId: `${alias}.account_id::text`,
  slug: `${alias}.slug`,
  name: `${alias}.name`,
  location: `${alias}.location`,
  photoUrl: `${alias}.photo_url`,
});

const jsonOf = (values: Readonly<Record<string, string>>): string =>
  `json_build_object(${Object.entries(values)
    .map(([name, column]) => `'${name}', ${column}`)
    .join(', ')})`;

/** SQL for a `ShortJournalistRow` as one value in another row; `alias` is the alias of the journalist's table there. */
export const shortJournalistJson = (alias: string): string => jsonOf(shortValues(alias));

/** The same for a `JournalistRow`. */
export function journalistJson(alias: string): string {
  return jsonOf({
    ...shortValues(alias),
    bioHtml: `${alias}.bio_html`,
    bioText: `${alias}.bio_text`,
  } satisfies Record<keyof JournalistRow, string>);
}

/** @returns the id of the new byline; undefined if the slug is taken, or the account already has a byline */
export async function insertJournalist(
  tx: Tx,
  journalist: { readonly accountId: string | null; readonly slug: string; readonly name: string },
): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `INSERT INTO journalist (account_id, slug, name) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING RETURNING id::text AS id`,
    [journalist.accountId, journalist.slug, journalist.name],
  );
  return row?.id;
}
