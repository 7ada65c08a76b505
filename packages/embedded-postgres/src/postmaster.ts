import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, EmbeddedPostgresError } from './error.ts';

/** The content of `postmaster.pid`, checked against the processes of the machine. */
export type Postmaster =
  /** No server, and no remains that could prevent a start. */
  | { readonly state: 'none' }
  /** A live server of this folder, in any phase; `port` is undefined until it listens on one. */
  | { readonly state: 'running'; readonly pid: number; readonly port: number | undefined }
  /** The file is just being written. */
  | { readonly state: 'unclear' }
  /** The file is left over and its process id now belongs to another program: PostgreSQL would refuse to start. */
  | { readonly state: 'stale'; readonly content: string };

/** How long an empty `postmaster.pid` may count as being written, which takes microseconds. */
const EMPTY_FILE_GRACE_MS = 2_000;

/** Examines the lock file of a data directory. */
export async function inspectPostmaster(pgdata: string): Promise<Postmaster> {
  const file = path.join(pgdata, 'postmaster.pid');
  let content: string;
  let age: number;
  try {
    content = await fs.readFile(file, 'utf8');
    age = Date.now() - (await fs.stat(file)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { state: 'none' };
    throw error;
  }
  // Lines: pid, data directory, start time, port, socket folder, address, shared memory, status.
  const lines = content.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) {
    return age < EMPTY_FILE_GRACE_MS ? { state: 'unclear' } : { state: 'stale', content };
  }
  if (existsByNumber(pid)) {
    if (!(await isServerOf(pid, pgdata))) return { state: 'stale', content };
    const port = Number(lines[3]);
    // The file holds the port from the beginning, but the address only once the server listens; before that, another
    // server may answer on the port.
    const listens = Number.isSafeInteger(port) && port > 0 && Boolean(lines[5]);
    return { state: 'running', pid, port: listens ? port : undefined };
  }
  // PostgreSQL notices that this process is gone, and checks first that no orphan still uses the shared memory.
  return { state: 'none' };
}

/**
 * Removes a stale lock file, unless another start has replaced it since it was examined: the file is renamed first, and
 * put back if its content has changed.
 */
export async function discardStaleFile(pgdata: string, content: string): Promise<void> {
  const file = path.join(pgdata, 'postmaster.pid');
  const aside = path.join(pgdata, `postmaster.pid.stale-${randomBytes(4).toString('hex')}`);
  try {
    await fs.rename(file, aside);
    if ((await fs.readFile(aside, 'utf8')) !== content) await fs.link(aside, file);
    await fs.rm(aside);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error;
  }
}

/** Whether the process runs. A process that has ended and was not waited for (a zombie) does not. */
export async function isAlive(pid: number): Promise<boolean> {
  if (!existsByNumber(pid)) return false;
  if (process.platform !== 'linux') return true;
  // The first process of a container often does not reap orphans: an adopted server would never seem to end.
  const stat = await fs.readFile(`/proc/${pid}/stat`, 'utf8').catch((error: unknown) => codeOf(error));
  return stat !== 'ENOENT' && !/^\d+ \(.*\) [ZX] /s.test(stat);
}

function existsByNumber(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Whether the process was started as the server of that data directory: a process id from before a restart of the
 * machine or container may belong to any program by now. True where this cannot be determined; then only a login
 * decides.
 */
async function isServerOf(pid: number, pgdata: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  if (process.platform === 'linux') {
    try {
      // The workers of a server rewrite their command line, so this is never one of them. A zombie's is empty.
      const words = (await fs.readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
      return path.basename(words[0] ?? '') === 'postgres' && words.includes(pgdata);
    } catch (error) {
      return !['ENOENT', 'ESRCH'].includes(codeOf(error));
    }
  }
  return new Promise((resolve) => {
    execFile('ps', ['-ww', '-o', 'command=', '-p', String(pid)], (error, stdout) => {
      resolve(error ? error.code !== 1 : stdout.includes('postgres') && stdout.includes(pgdata));
    });
  });
}

/** Signals in order of severity, each with its time limit: a fast shutdown first writes a checkpoint. */
const ESCALATION: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 10_000],
  ['SIGKILL', 5_000],
];

/**
 * Ends a server and waits until its process is gone: fast shutdown (open transactions are rolled back), then without a
 * checkpoint, then by force. Committed transactions survive all three.
 * @throws EmbeddedPostgresError if the process still exists after all three
 */
export async function endPostmaster(
  pid: number,
  pgdata: string,
  binaries: string,
  log: (message: string) => void,
): Promise<void> {
  for (const [signal, patience] of ESCALATION) {
    if (signal !== 'SIGINT') log(`the embedded database (process ${pid}) does not stop: sending ${signal}`);
    await send(pid, signal, pgdata, binaries);
    for (const deadline = Date.now() + patience; Date.now() < deadline; await sleep(20)) {
      if (!(await isAlive(pid))) return;
    }
  }
  throw new EmbeddedPostgresError(`The embedded database (process ${pid}) could not be stopped.`);
}

async function send(pid: number, signal: NodeJS.Signals, pgdata: string, binaries: string): Promise<void> {
  if (process.platform === 'win32' && signal !== 'SIGKILL') {
    // Windows has no signals; PostgreSQL emulates them with named pipes, which pg_ctl knows how to use.
    const mode = signal === 'SIGINT' ? 'fast' : 'immediate';
    const pgCtl = path.join(binaries, 'bin', 'pg_ctl');
    await new Promise<void>((resolve) => {
      execFile(pgCtl, ['stop', '-D', pgdata, '-m', mode, '--no-wait'], { windowsHide: true }, () =>
        resolve(),
      );
    });
    return;
  }
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}
