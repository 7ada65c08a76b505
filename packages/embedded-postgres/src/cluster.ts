import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { codeOf, EmbeddedPostgresError, messageOf } from './error.ts';
import { programOptions, type RunAs } from './run-as.ts';

/** The superuser of every embedded cluster; each folder has its own password for it. */
export const SUPERUSER = 'standfirst';

/** Prefix of the folders in which clusters are created before they are renamed. */
export const UNFINISHED_CLUSTER_PREFIX = 'cluster-';

/** A cluster on disk, and the password of its superuser. */
export interface Cluster {
  /** PostgreSQL's data directory. */
  readonly pgdata: string;
  readonly password: string;
}

/** Options for opening or creating a cluster. */
export interface ClusterOptions {
  readonly dataDir: string;
  /** The folder with `bin/initdb`, see `stageBinaries`. */
  readonly binaries: string;
  /** Version of the programs, such as `18.4.0`: a cluster of another major version is refused. */
  readonly version: string;
  readonly runAs: RunAs | undefined;
  readonly log: (message: string) => void;
}

/**
 * Opens the cluster in the data folder, or creates one. Creation needs no lock: each process works in a folder of its
 * own, and the rename to the final name, password included, succeeds for exactly one of them. The others, and a start
 * that finds the remains of one that was killed half-way, continue with the cluster under the final name.
 * @throws EmbeddedPostgresError
 */
export async function openOrCreateCluster(options: ClusterOptions): Promise<Cluster> {
  const home = path.join(options.dataDir, 'cluster');
  const existing = await openCluster(home, options);
  if (existing) return existing;
  options.log(`creating a new database in ${options.dataDir}`);
  const suffix = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const unfinished = path.join(options.dataDir, UNFINISHED_CLUSTER_PREFIX + suffix);
  try {
    await createCluster(unfinished, options);
    await fs.rename(unfinished, home);
    await syncFolder(options.dataDir);
  } catch (error) {
    await fs.rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    // No error if another start won: its clean-up may even have removed this start's folder.
    const winner = await openCluster(home, options);
    if (winner) return winner;
    throw new EmbeddedPostgresError(`Cannot create a database in ${options.dataDir}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const created = await openCluster(home, options);
  if (!created) throw new EmbeddedPostgresError(`The new database in ${home} has vanished.`);
  return created;
}

/** Paths of the cluster of a data folder, for callers that neither open nor create it. */
export function clusterOf(dataDir: string): { readonly pgdata: string; readonly passwordFile: string } {
  const home = path.join(dataDir, 'cluster');
  return { pgdata: path.join(home, 'data'), passwordFile: path.join(home, 'password') };
}

/** @returns undefined where there is no cluster. @throws EmbeddedPostgresError where there is an unusable one */
async function openCluster(home: string, { runAs, version }: ClusterOptions): Promise<Cluster | undefined> {
  const pgdata = path.join(home, 'data');
  try {
    const { uid } = await fs.stat(home).then(() => fs.stat(pgdata));
    const expected = runAs?.uid ?? process.getuid?.() ?? uid;
    if (uid !== expected) {
      throw new EmbeddedPostgresError(
        `The database in ${home} belongs to user ${uid}, and this start would run it as user ${expected}. Start ` +
          `Standfirst as ${uid === 65534 ? 'root, as before' : `user ${uid}, as before`}, or choose another DATA_DIR.`,
      );
    }
    const password = (await fs.readFile(path.join(home, 'password'), 'utf8')).trim();
    const major = (await fs.readFile(path.join(pgdata, 'PG_VERSION'), 'utf8')).trim();
    if (major !== version.split('.')[0]) {
      throw new EmbeddedPostgresError(
        `The database in ${home} belongs to PostgreSQL ${major}, and the installed programs are ${version}. Install the ` +
          'earlier version of Standfirst, or choose another DATA_DIR and transfer the data.',
      );
    }
    return { pgdata, password };
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    // The folder gets its name in one step, so a missing file in it is damage, not a first start.
    if (codeOf(error) === 'ENOENT' && !(await exists(home))) return undefined;
    throw new EmbeddedPostgresError(
      `The database in ${home} can't be opened: ${messageOf(error)}. If a file is missing, restore it, or move the ` +
        'folder away to begin with an empty database.',
      { cause: error },
    );
  }
}

async function exists(file: string): Promise<boolean> {
  return fs.stat(file).then(
    () => true,
    (error: unknown) => codeOf(error) !== 'ENOENT',
  );
}

async function createCluster(home: string, { dataDir, binaries, runAs }: ClusterOptions): Promise<void> {
  const pgdata = path.join(home, 'data');
  const passwordFile = path.join(home, 'password');
  await fs.mkdir(home);
  await fs.mkdir(pgdata);
  await fs.writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, {
    mode: 0o600,
    flush: true,
  });
  await fs.chmod(home, runAs ? 0o755 : 0o700);
  await fs.chmod(pgdata, 0o700);
  if (runAs) {
    await fs.chown(pgdata, runAs.uid, runAs.gid);
    await fs.chown(passwordFile, runAs.uid, runAs.gid);
  }
  const initdb = path.join(binaries, 'bin', 'initdb');
  const fixed = ['-D', pgdata, `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  fixed.push('--encoding=UTF8', '--no-instructions', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  const run = (locale: string): Promise<void> =>
    new Promise((resolve, reject) => {
      execFile(
        initdb,
        [...fixed, `--locale=${locale}`],
        programOptions(runAs, dataDir),
        (error, _stdout, stderr) => {
          if (!error) return resolve();
          if (/could not look up effective user ID/.test(`${stderr}`)) {
            const uid = runAs?.uid ?? process.getuid?.();
            const reason =
              `PostgreSQL only runs as a user that the system knows by name, and user ${uid} is not in /etc/passwd. ` +
              'Add it there, start as another user, or set DATABASE_URL to use a PostgreSQL server.';
            return reject(new Error(reason, { cause: error }));
          }
          const reason = error.signal
            ? `initdb was ended by ${error.signal}`
            : `${stderr}`.trim() || error.message;
          reject(new Error(reason, { cause: error }));
        },
      );
    });
  try {
    await run('C.UTF-8');
  } catch (error) {
    // The C library's locale only matters to a few extensions here, and older C libraries know "C" alone.
    if (!/invalid locale/i.test(messageOf(error))) throw error;
    await run('C');
  }
  await syncFolder(home);
}

/** Makes a rename survive a power cut. Windows cannot open folders, and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
