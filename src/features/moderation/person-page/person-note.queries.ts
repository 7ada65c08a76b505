import type { Queryable, Tx } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetRow,
  type ListRange,
  selectKeysetPages,
} from '../../../platform/db/keyset.ts';
import { personalData } from '../../../platform/db/personal-data.ts';
import type { PersonNoteEntity } from './person-note.entity.ts';

/** What a moderator has noted about an account. */
export type PersonNoteRow = Readonly<PersonNoteEntity>;

export type ListedNoteRow = PersonNoteRow & KeysetRow;

const columns = (from: string): string => `${from}.id::text AS id, ${from}.person_id::text AS "personId",
  ${from}.author_id::text AS "authorId", ${from}.text, ${from}.created_at AS "createdAt"`;

export function selectNotes(db: Queryable, ids: readonly string[]): Promise<PersonNoteRow[]> {
  return db.query<PersonNoteRow>(
    `SELECT ${columns('n')} FROM person_note n WHERE n.id = ANY((SELECT $1::bigint[])::bigint[])`,
    [ids],
  );
}

/** Locks a note until the transaction ends. */
export async function lockNote(tx: Tx, id: string): Promise<PersonNoteRow | undefined> {
  const [row] = await tx.query<PersonNoteRow>(
    `SELECT ${columns('n')} FROM person_note n WHERE n.id = $1 FOR UPDATE`,
    [id],
  );
  return row;
}

/** Selects a page of the notes about each account, newest first. */
export function selectNotePages(
  db: Queryable,
  personIds: readonly string[],
  range: ListRange,
): Promise<Found<ListedNoteRow>[]> {
  return selectKeysetPages<ListedNoteRow>(db, { scopes: [personIds], ...range }, () => ({
    list: {
      table: 'person_note',
      scope: { person_id: 'bigint' },
      where: 'x.person_id = s.person_id',
      keys: ['id'],
      descending: true,
      pageColumns: ['id', 'person_id', 'author_id', 'text', 'created_at'],
    },
    columns: columns('page'),
  }));
}

/** The number of notes about an account whose row is locked. */
export async function countNotes(tx: Tx, personId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM person_note WHERE person_id = $1',
    [personId],
  );
  return row?.count ?? 0;
}

export async function insertNote(
  tx: Tx,
  { id, personId, authorId, text }: Omit<PersonNoteRow, 'createdAt'>,
): Promise<void> {
  await tx.query('INSERT INTO person_note (id, person_id, author_id, text) VALUES ($1, $2, $3, $4)', [
    id,
    personId,
    authorId,
    text,
  ]);
}

export async function deleteNote(tx: Tx, id: string): Promise<void> {
  await tx.query('DELETE FROM person_note WHERE id = $1', [id]);
}

/** Deletes the notes about an account, and takes the account out of those that it has written. */
export async function forgetNotes(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM person_note WHERE person_id = $1', [accountId]);
  await tx.query('UPDATE person_note SET author_id = NULL WHERE author_id = $1', [accountId]);
}

/**
 * What moderators have noted about an account: the person may ask for it (GDPR, article 15), and does not learn who has. Notes that
 * the account has written are about others, and are not in its document.
 */
export const noteData = personalData(
  'moderatorsNotes',
  `SELECT id::text AS key, jsonb_build_object('text', text, 'createdAt', created_at) AS data
   FROM person_note WHERE person_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
  '0',
);
