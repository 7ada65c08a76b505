import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onDatabase, serverUrl } from './database.ts';

const root = join(import.meta.dirname, '../..');

/** "bld" and "std" in ASCII: the advisory lock of builds for the tests of processes. */
const buildLock = [0x626c64, 0x737464];

/** Runs one of the package's builds once for all test files of a run; other files that need it wait. */
function build(script: 'build' | 'build:client' | 'build:packages' | 'build:web'): Promise<void> {
  const built = (which: string) => join(process.env.TEST_FOLDER ?? '', `${which.replace(':', '-')}-done`);
  return onDatabase(serverUrl(), async (client) => {
    await client.query('SELECT pg_advisory_lock($1, $2)', buildLock);
    // The whole package is built of the other packages' sources, and of the client.
    const within = script === 'build:packages' ? [script] : ['build', script];
    if (within.some((which) => existsSync(built(which)))) return;
    await promisify(execFile)('npm', ['run', '--silent', script], { cwd: root });
    await writeFile(built(script), '');
  });
}

/** Builds the whole package. */
export const buildProgram = (): Promise<void> => build('build');

/** Builds `@standfirst/client` alone. */
export const buildClient = (): Promise<void> => build('build:client');

/** Builds the packages, as the programs of `dist/bench` and the rules of imports find them. */
export const buildPackages = (): Promise<void> => build('build:packages');

/** Builds the reader's page alone. @returns its folder */
export async function buildPage(): Promise<string> {
  await build('build:web');
  return join(root, 'dist/web');
}

/** The result of a program. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs one of the built programs to its end, as `npm run` does.
 * @param name `main` for the service, or a command such as `import`
 * @param env its whole environment; this process's is not inherited
 */
export function runProgram(
  name: string,
  args: readonly string[],
  { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
): Promise<Ran> {
  const child = spawn(
    process.execPath,
    [join(root, 'dist/src', name === 'main' ? 'main.js' : `commands/${name}.js`), ...args],
    {
      cwd: root,
      env: { PATH: process.env.PATH, ...env },
      stdio: 'pipe',
    },
  );
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  // A program that refuses its arguments does not read its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}
