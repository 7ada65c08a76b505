import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the package: of a checkout, or of what was installed. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Programs beside the service itself, each a file of `src/commands/`. */
export const commands = ['migrate', 'import', 'export', 'account', 'events', 'funding', 'agents'];

/** Written at the end of a build, with the time at which it began. */
export const stamp = join(root, 'dist/.built');

/** Processes that serve what is in dist/, each by a file that is named by its number. */
const users = join(root, 'dist/.in-use');

/** What is built into dist/. */
const sources = [
  'src',
  'migrations',
  'packages/client/src',
  'packages/embedded-postgres/src',
  'packages/graphql-plans/src',
  'packages/test-provider/src',
  'web',
  'package.json',
  'bin/service.config.ts',
];

/** Whether this is a checkout with what a build needs. An installed package comes with its dist/. */
export const canBuild = () =>
  existsSync(join(root, 'tsconfig.json')) && existsSync(join(root, 'node_modules/vite'));

/**
 * Time of the last change below a path, in milliseconds since 1970. A folder counts as well, since removing a file changes it.
 * @param {string} path
 * @returns {number}
 */
function lastChange(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return readdirSync(path).reduce(
    (last, name) => Math.max(last, lastChange(join(path, name))),
    stats.mtimeMs,
  );
}

/** Whether dist/ has what the sources say. */
export function isBuilt() {
  if (!existsSync(stamp)) return false;
  const begun = Date.parse(readFileSync(stamp, 'utf8').trim());
  return sources.every((source) => lastChange(join(root, source)) <= begun);
}

/**
 * The process that serves what is in dist/.
 * @returns {number | undefined}
 */
export function inUseBy() {
  if (!existsSync(users)) return undefined;
  return readdirSync(users)
    .map(Number)
    .find((pid) => {
      if (isService(pid)) return true;
      rmSync(join(users, String(pid)), { force: true });
      return false;
    });
}

/**
 * Whether a process exists and runs this program: after a kill its number may be given to another one.
 * @param {number} pid
 */
function isService(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // A process of another user exists.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPERM') return false;
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('standfirst');
}

/** Notes that this process serves what is in dist/, until it ends. Where nothing can be written, nothing is rebuilt either. */
export function useDist() {
  const file = join(users, String(process.pid));
  try {
    mkdirSync(users, { recursive: true });
    writeFileSync(file, '');
  } catch {
    return;
  }
  process.once('exit', () => rmSync(file, { force: true }));
}

/**
 * Runs one of the package's scripts; ends the process where it fails.
 * @param {string} script
 */
export function run(script) {
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Builds what is missing or old in a checkout, unless a service runs on it. */
export function ensureBuilt() {
  if (isBuilt()) return;
  if (canBuild()) {
    const pid = inUseBy();
    if (pid === undefined) run('build');
    else
      process.stderr.write(
        `The build is older than its sources; process ${pid} uses it, so it is left as it is.\n`,
      );
  }
  if (!existsSync(join(root, 'dist/src/main.js'))) {
    process.stderr.write(
      'There is no build: install with the development packages, and run "npm run build".\n',
    );
    process.exit(1);
  }
}
