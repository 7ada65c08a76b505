import { execFile } from 'node:child_process';
import { appendFile, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onConnection } from '../database.ts';
import { programOptions, unprivilegedUser } from '@standfirst/embedded-postgres/run-as';
import { findPostgres } from './binaries.ts';
import { pickLastingPort } from './lasting-port.ts';
import { Server } from './server.ts';

const superuser = 'standfirst';

/** A PostgreSQL server of the harness, in its own folder, to be stopped, frozen and killed. */
export class Postgres {
  readonly #programs: string;
  readonly #data: string;
  readonly server: Server;
  readonly url: string;
  readonly port: number;

  private constructor(programs: string, data: string, port: number) {
    this.#programs = programs;
    this.#data = data;
    this.port = port;
    this.url = `postgres://${superuser}@127.0.0.1:${port}/postgres`;
    const settings = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      max_connections: '150',
      TimeZone: 'UTC',
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    this.server = new Server(
      [join(programs, 'postgres'), '-D', data, ...args],
      programOptions(unprivilegedUser(), data),
      () =>
        onConnection(this.url, (client) => client.query('SELECT 1')).then(
          () => true,
          () => false,
        ),
    );
  }

  /** Creates a cluster, not yet started. */
  static async create(folder: string): Promise<Postgres> {
    const runAs = unprivilegedUser();
    const programs = await findPostgres(folder);
    const data = join(folder, 'data');
    await mkdir(data, { mode: 0o700 });
    if (runAs) await chown(data, runAs.uid, runAs.gid);
    await promisify(execFile)(
      join(programs, 'initdb'),
      ['-D', data, `--username=${superuser}`, '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8'],
      programOptions(runAs, data),
    );
    return new Postgres(programs, data, await pickLastingPort());
  }

  /** A copy of this cluster, which must not be running, on another port. */
  async copyTo(folder: string): Promise<Postgres> {
    const data = join(folder, 'data');
    // `cp -a` preserves the owner, which PostgreSQL requires.
    await promisify(execFile)('cp', ['-a', this.#data, data]);
    return new Postgres(this.#programs, data, await pickLastingPort());
  }

  /** Makes this cluster, a copy of the other one, a replica of it from its next start on. */
  async follow({ port }: Postgres): Promise<void> {
    const source = `host=127.0.0.1 port=${port} user=${superuser}`;
    await appendFile(join(this.#data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
    await writeFile(join(this.#data, 'standby.signal'), '');
  }

  start(): Promise<void> {
    return this.server.start();
  }

  /** Shuts down in immediate mode; the next start performs crash recovery. */
  crash(): Promise<void> {
    return this.server.stop('SIGQUIT');
  }

  /** Terminates all connections except those of the harness. @returns their number */
  async terminateConnections(): Promise<number> {
    const { rows } = await onConnection(this.url, (client) =>
      client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE backend_type = 'client backend' AND application_name <> 'standfirst-bench' AND pid <> pg_backend_pid()`,
      ),
    );
    return rows.length;
  }

  async version(): Promise<string> {
    const { stdout } = await promisify(execFile)(join(this.#programs, 'postgres'), ['--version']);
    return /\d+\.\d+/.exec(stdout)?.[0] ?? stdout.trim();
  }
}
