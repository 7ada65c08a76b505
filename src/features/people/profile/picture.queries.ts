import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { picturesPath } from '../../../platform/http/paths.ts';

/** Time in which a written file must be shown by its account; then it is deleted. */
const adoptionInterval = `interval '1 hour'`;

/** The path of a file, as an account stores it. */
export const pathOfPicture = (name: string): string => picturesPath + name;

/** Announces a file that is about to be written. */
export async function insertPictureFile(db: Queryable, name: string): Promise<void> {
  await db.query(
    `INSERT INTO picture_file (name, delete_at) VALUES ($1, clock_timestamp() + ${adoptionInterval})`,
    [name],
  );
}

/** Has an account show a file. */
export async function updatePicture(tx: Tx, accountId: string, name: string): Promise<void> {
  await tx.query('UPDATE account SET avatar_url = $2 WHERE id = $1', [accountId, pathOfPicture(name)]);
}

/** Keeps a written file, which an account shows. @returns false: it came too late, and the file is gone or about to go */
export async function adoptPictureFile(tx: Tx, name: string): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE picture_file SET delete_at = NULL WHERE name = $1 AND delete_at > clock_timestamp() RETURNING 1',
    [name],
  );
  return rows.length === 1;
}

/** Has the file deleted that an account shows, and takes its address from the account. */
export async function discardPicture(tx: Tx, accountId: string): Promise<void> {
  await tx.query('SELECT FROM account WHERE id = $1 FOR NO KEY UPDATE', [accountId]);
  await tx.query(
    `UPDATE picture_file SET delete_at = clock_timestamp()
     WHERE name = (SELECT substr(avatar_url, length($2) + 1) FROM account
       WHERE id = $1 AND starts_with(avatar_url, $2))`,
    [accountId, picturesPath],
  );
  await tx.query('UPDATE account SET avatar_url = NULL WHERE id = $1 AND avatar_url IS NOT NULL', [
    accountId,
  ]);
}

/** SQL of the files whose time has come. */
export const picturesToDeleteSql =
  'SELECT delete_at FROM picture_file WHERE delete_at <= clock_timestamp() ORDER BY delete_at';

/** Finds a file that is to be deleted now. It stays so, as no account can show it any more. */
export async function selectPictureToDelete(db: Queryable): Promise<string | undefined> {
  const [row] = await db.query<{ name: string }>(
    'SELECT name FROM picture_file WHERE delete_at <= clock_timestamp() ORDER BY delete_at LIMIT 1',
  );
  return row?.name;
}

export async function deletePictureFile(db: Queryable, name: string): Promise<void> {
  await db.query('DELETE FROM picture_file WHERE name = $1', [name]);
}

/** Has a file wait that could not be deleted, so that others come before it. */
export async function postponePictureFile(db: Queryable, name: string): Promise<void> {
  await db.query(
    `UPDATE picture_file SET delete_at = clock_timestamp() + interval '5 minutes' WHERE name = $1`,
    [name],
  );
}
