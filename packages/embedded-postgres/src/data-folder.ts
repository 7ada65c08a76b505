import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { codeOf, EmbeddedPostgresError, messageOf } from './error.ts';
import { mayUse, type RunAs } from './run-as.ts';

/** Default location of the embedded database, relative to the current folder. */
export const DEFAULT_DATA_DIR = '.data';

/**
 * Creates the data folder where it is missing and returns its real path (without symbolic links, because a server is
 * recognised by the path with which it was started).
 *
 * An explicitly requested folder is used or refused. The default is `./.data`; only root gets another default where
 * `./.data` is inaccessible to the user that PostgreSQL runs as, as in a checkout in root's home.
 * @throws EmbeddedPostgresError
 */
export async function prepareDataFolder(
  requested: string | undefined,
  runAs: RunAs | undefined,
  log: (message: string) => void,
): Promise<string> {
  if (requested !== undefined) {
    const folder = await tryFolder(path.resolve(requested), runAs);
    if ('path' in folder) return folder.path;
    throw new EmbeddedPostgresError(
      `DATA_DIR ${path.resolve(requested)} can't hold the database: ${folder.problem}`,
    );
  }
  const first = await tryFolder(path.resolve(DEFAULT_DATA_DIR), runAs);
  if ('path' in first) return first.path;
  for (const place of runAs ? await placesForRoot() : []) {
    const folder = await tryPlaceForRoot(place, runAs);
    if ('path' in folder) {
      log(
        `the embedded database is kept in ${folder.path}, because ./${DEFAULT_DATA_DIR} is unusable: ${first.problem}`,
      );
      return folder.path;
    }
  }
  throw new EmbeddedPostgresError(
    `${path.resolve(DEFAULT_DATA_DIR)} can't hold the database: ${first.problem} ` +
      'Set DATA_DIR to a folder that can, or DATABASE_URL to use a PostgreSQL server.',
  );
}

type Outcome = { path: string } | { problem: string };

/** One folder per checkout, always the same one, so that the next start finds its data again. */
async function placesForRoot(): Promise<string[]> {
  const checkout = await fs.realpath('.');
  const hash = createHash('sha256').update(checkout).digest('hex').slice(0, 10);
  return [`/var/lib/standfirst/${hash}`, `/var/tmp/standfirst-${hash}`];
}

/** Like `tryFolder`, for a path that others can guess: in /var/tmp another user may have created it first. */
async function tryPlaceForRoot(place: string, runAs: RunAs | undefined): Promise<Outcome> {
  const stats = await fs.lstat(place).catch(() => undefined);
  if (stats && (!stats.isDirectory() || stats.uid !== 0 || (stats.mode & 0o022) !== 0)) {
    return { problem: `${place} exists and isn't a folder that only root can write to.` };
  }
  return tryFolder(place, runAs);
}

async function tryFolder(wanted: string, runAs: RunAs | undefined): Promise<Outcome> {
  try {
    const base = await nearestExisting(wanted);
    const folder = path.join(await fs.realpath(base), path.relative(base, wanted));
    const barred = runAs && (await firstBarred(folder, runAs));
    if (barred !== undefined) {
      return {
        problem:
          `PostgreSQL doesn't run as root, so it runs as user ${runAs?.uid} (nobody), who can't pass through ` +
          `${barred}. Choose a folder that is open to everyone all the way down (such as /var/lib/standfirst), ` +
          `run "chmod o+x" on that one, or start Standfirst as an ordinary user.`,
      };
    }
    await createFolder(folder, runAs);
    if (!(await fs.stat(folder)).isDirectory()) return { problem: 'it is not a folder.' };
    await fs.access(folder, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
    return { path: folder };
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ELOOP'].includes(codeOf(error))) {
      return { problem: `this user can't write there (${messageOf(error)}).` };
    }
    throw error;
  }
}

async function nearestExisting(folder: string): Promise<string> {
  for (let level = folder; ; level = path.dirname(level)) {
    try {
      await fs.stat(level);
      return level;
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || level === path.dirname(level)) throw error;
    }
  }
}

/** The outermost folder on the path that denies access to that user. Folders that do not exist yet will grant it. */
async function firstBarred(folder: string, runAs: RunAs): Promise<string | undefined> {
  const root = path.parse(folder).root;
  const names = path.relative(root, folder).split(path.sep);
  for (let depth = 0; depth <= names.length; depth += 1) {
    const level = path.join(root, ...names.slice(0, depth));
    try {
      if (!mayUse(await fs.stat(level), runAs, 0o1)) return level;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
  return undefined;
}

/** Sets modes only on the folders that it creates: the umask is arbitrary, and existing folders keep their modes. */
async function createFolder(folder: string, runAs: RunAs | undefined): Promise<void> {
  const outermost = await fs.mkdir(folder, { recursive: true });
  if (outermost === undefined) return;
  if (!runAs) return fs.chmod(folder, 0o700);
  for (let level = folder; ; level = path.dirname(level)) {
    await fs.chmod(level, 0o755);
    if (level === outermost || level === path.dirname(level)) return;
  }
}
