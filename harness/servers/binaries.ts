import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findPlatformPackage, stageBinaries } from '@standfirst/embedded-postgres/binaries';

const run = promisify(execFile);

const hasServer = (folder: string): Promise<boolean> =>
  stat(join(folder, 'initdb')).then(
    () => true,
    () => false,
  );

/** Debian keeps the server programs outside of PATH, in a folder per version. */
async function debianFolders(): Promise<string[]> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join('/usr/lib/postgresql', version, 'bin'));
}

/**
 * The folder of PostgreSQL's programs: the system's, else those of the embedded database.
 * @param folder in which the latter are staged
 */
export async function findPostgres(folder: string): Promise<string> {
  const configured = await run('pg_config', ['--bindir']).then(
    ({ stdout }) => [stdout.trim()],
    () => [],
  );
  for (const found of [...configured, ...(await debianFolders())]) if (await hasServer(found)) return found;
  return join(await stageBinaries(await findPlatformPackage(), folder), 'bin');
}

/** @returns undefined where it is not installed */
export async function findRedis(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, 'redis-server');
    if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  }
  return undefined;
}
