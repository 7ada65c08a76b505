import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickLastingPort } from '../../harness/servers/lasting-port.ts';
import { programOptions, unprivilegedUser } from '@standfirst/embedded-postgres/run-as';
import { serverUrl } from './database.ts';
import { eventually } from './eventually.ts';
import { findProgram } from './programs.ts';

export interface PgBouncer {
  /** The URL of one of the test server's databases through the pooler. */
  url(database: string): string;
  stop(): Promise<void>;
}

const canConnect = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('connect', () => socket.destroy()).on('error', () => resolve(false));
  });

/**
 * Starts a PgBouncer in transaction mode in front of the test server. @param settings of its configuration, besides the
 * defaults
 */
export async function startPgBouncer(settings: Record<string, string | number> = {}): Promise<PgBouncer> {
  const folder = await mkdtemp(join(tmpdir(), 'standfirst-pgbouncer-'));
  const runAs = unprivilegedUser();
  await chmod(folder, 0o755);
  if (runAs) await chown(folder, runAs.uid, runAs.gid);
  const server = new URL(serverUrl());
  const port = await pickLastingPort();
  const password = server.password === '' ? '' : ` password=${decodeURIComponent(server.password)}`;
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'any',
    pool_mode: 'transaction',
    default_pool_size: 5,
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  const file = join(folder, 'pgbouncer.ini');
  const target = `host=${server.hostname} port=${server.port || 5432} user=${server.username}${password}`;
  await writeFile(file, `[databases]\n* = ${target}\n[pgbouncer]\n${lines.join('\n')}\n`);
  const child = spawn(findProgram('pgbouncer') ?? 'pgbouncer', [file], {
    ...programOptions(runAs, folder),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr?.on('data', (data: Buffer) => (log = `${log}${data.toString()}`.slice(-4000)));
  const exited = once(child, 'exit');
  await eventually(
    () => `PgBouncer to listen; it said: ${log}`,
    () => canConnect(port),
  );
  return {
    url: (database) => `postgres://${server.username}@127.0.0.1:${port}/${database}`,
    stop: async () => {
      child.kill('SIGTERM');
      // Does not wait for open sessions.
      child.kill('SIGQUIT');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
