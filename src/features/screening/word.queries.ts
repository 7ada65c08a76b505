import type { Queryable, Tx } from '../../platform/db/database.ts';
import {
  type Found,
  type KeysetList,
  type KeysetRow,
  type ListRange,
  selectKeysetPage,
} from '../../platform/db/keyset.ts';
import type { ScreenedWordEntity } from './screening.entity.ts';
import type { WordEntry } from './word-list.ts';

/** An entry of the list of words, as moderators see it. */
export type WordRow = WordEntry & Readonly<Pick<ScreenedWordEntity, 'id' | 'addedBy' | 'addedAt'>>;

export type ListedWordRow = KeysetRow & WordRow;

/** A word in its stored form. */
export interface NewWord extends WordEntry {
  readonly folded: string;
}

const columnsOf = (
  alias: string,
): string => `${alias}.id::text AS id, ${alias}.text, ${alias}.mode, ${alias}.action,
  nullif(${alias}.language, '') AS language, ${alias}.added_by::text AS "addedBy", ${alias}.added_at AS "addedAt"`;

export function selectWords(db: Queryable, ids: readonly string[]): Promise<WordRow[]> {
  return db.query<WordRow>(
    `SELECT ${columnsOf('w')} FROM screened_word w WHERE w.id = ANY((SELECT $1::bigint[])::bigint[])`,
    [ids],
  );
}

/** The words whose folded form contains a folded text; empty: all. */
const list: KeysetList = {
  table: 'screened_word',
  scope: { part: 'text' },
  where: 'position(s.part IN x.folded) > 0',
  keys: ['id'],
  descending: true,
  pageColumns: ['id', 'text', 'mode', 'action', 'language', 'added_by', 'added_at'],
};

/** Selects a page of the list, the newest entries first. */
export function selectWordPage(db: Queryable, part: string, range: ListRange): Promise<Found<ListedWordRow>> {
  return selectKeysetPage<ListedWordRow>(db, { scopes: [[part]], ...range }, () => ({
    list,
    cursorSql: (at) => [`${at(0)}::bigint`],
    columns: columnsOf('page'),
  }));
}

export async function countWords(db: Queryable, part: string): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM screened_word WHERE position($1 IN folded) > 0',
    [part],
  );
  return row?.count ?? 0;
}

/** What the list holds, for its bounds. */
export async function selectWordCounts(
  tx: Tx,
): Promise<{ readonly words: number; readonly patterns: number }> {
  const [row] = await tx.query<{ words: number; patterns: number }>(
    `SELECT count(*)::int AS words, (count(*) FILTER (WHERE mode = 'PATTERN'))::int AS patterns FROM screened_word`,
  );
  return row ?? { words: 0, patterns: 0 };
}

/** The positions, from 0, of those words that are on the list already. */
export async function selectListedWords(tx: Tx, words: readonly NewWord[]): Promise<number[]> {
  const rows = await tx.query<{ n: number }>(
    `SELECT (n.n - 1)::int AS n
     FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n(folded, mode, language, n)
     JOIN screened_word w USING (folded, mode, language) ORDER BY n.n`,
    [
      words.map(({ folded }) => folded),
      words.map(({ mode }) => mode),
      words.map(({ language }) => language ?? ''),
    ],
  );
  return rows.map(({ n }) => n);
}

/** @returns the ids in the order of the words */
export async function insertWords(tx: Tx, words: readonly NewWord[], accountId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `INSERT INTO screened_word (text, folded, mode, action, language, added_by)
     SELECT n.text, n.folded, n.mode, n.action, n.language, $6
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
       WITH ORDINALITY AS n(text, folded, mode, action, language, n) ORDER BY n.n
     RETURNING id::text AS id`,
    [
      words.map(({ text }) => text),
      words.map(({ folded }) => folded),
      words.map(({ mode }) => mode),
      words.map(({ action }) => action),
      words.map(({ language }) => language ?? ''),
      accountId,
    ],
  );
  return rows.map(({ id }) => id);
}

/** @returns the ids of those that were there */
export async function deleteWords(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'DELETE FROM screened_word WHERE id = ANY($1::bigint[]) RETURNING id::text AS id',
    [ids],
  );
  return rows.map(({ id }) => id);
}
