import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findPlatformPackage, stageBinaries } from '../../src/db/embedded/binaries.ts';

const run = promisify(execFile);

const hasServer = (folder: string): Promise<boolean> =>
  stat(join(folder, 'initdb')).then(
    () => true,
    () => false,
  );

/** Debian keeps the server's programs out of the path, by version. */
async function debianFolders(): Promise<string[]> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  return versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join('/usr/lib/postgresql', version, 'bin'));
}

/**
 * The folder with PostgreSQL's programs: the system's, else those that the embedded database comes with.
 * @param folder where the latter are put
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
