import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { findPlatformPackage, STAGED_PREFIX, stageBinaries } from './binaries.ts';
import { clusterOf, openOrCreateCluster, SUPERUSER, UNFINISHED_CLUSTER_PREFIX } from './cluster.ts';
import { prepareDataFolder } from './data-folder.ts';
import { type EmbeddedPostgresError, FolderInUseError } from './error.ts';
import { logIn, NotServingError, ownerOf } from './ownership.ts';
import { inspectPostmaster } from './postmaster.ts';
import { unprivilegedUser } from './run-as.ts';
import { Supervisor } from './supervisor.ts';

export { EmbeddedPostgresError, FolderInUseError } from './error.ts';

/** The database that the service uses in the embedded cluster. */
const DATABASE = 'standfirst';

/** Location and options of the embedded database. */
export interface EmbeddedPostgresOptions {
  /**
   * The folder that holds everything; created where it is missing. Undefined: `./.data`. Started as root, a folder
   * under /var/lib instead where `./.data` is out of reach for the unprivileged user that PostgreSQL runs as; a log
   * line says so.
   */
  readonly dataDir?: string | undefined;
  /** The loopback port; 0 (the default) takes a free one. A server that is already running keeps its own. */
  readonly port?: number;
  /** Receives one line for each event that an operator would want to know about. */
  log(message: string): void;
  /**
   * Called once, when the database has died and could not be restarted, or when another process has taken over the
   * folder. The service cannot work any longer and may exit. `stop` does not cause a call.
   */
  onExit?(error: EmbeddedPostgresError): void;
}

/** A running PostgreSQL that belongs to this process. */
export interface EmbeddedPostgres {
  /** `postgres://…` with the superuser, the password and the database `standfirst`; valid until `stop`. */
  readonly url: string;
  /** The folder in use, without symbolic links. */
  readonly dataDir: string;
  /** True: this start created the database `standfirst`, which is empty. */
  readonly isNew: boolean;
  /** True: the server was already running, left behind by a service that was killed. */
  readonly adopted: boolean;
  /**
   * Shuts the server down and resolves when its process is gone. Close the pools first: the shutdown ends their
   * connections.
   */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL that belongs to this service, from the programs that `npm ci` installs, or adopts the server that
 * a killed service left running on the same folder. If the server dies, it is restarted on the same port until `stop`.
 * In the folder:
 *
 * - `cluster/data`: the data; `cluster/password`: the password of the superuser
 * - `postgresql-VERSION`: the programs
 * - `postgres.log`: the server's log
 *
 * @throws FolderInUseError if another process uses the folder
 * @throws EmbeddedPostgresError for every other fault that a person has to fix
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = (message: string): void => options.log(message);
  const runAs = unprivilegedUser();
  const platformPackage = await findPlatformPackage();
  const dataDir = await prepareDataFolder(options.dataDir, runAs, log);
  const binaries = await stageBinaries(platformPackage, dataDir);
  const { version } = platformPackage;
  const cluster = await openOrCreateCluster({ dataDir, binaries, version, runAs, log });
  const supervisor = await Supervisor.start(
    { dataDir, binaries, runAs, log, port: options.port ?? 0, ...cluster },
    (error) => options.onExit?.(error),
  );
  const { pid, port, adopted } = supervisor.serving;
  try {
    const isNew = await createDatabaseIfMissing(supervisor);
    await removeLeftovers(dataDir, adopted ? undefined : binaries);
    log(
      `embedded database ${adopted ? 'adopted' : 'started'}: process ${pid}, port ${port}, folder ${dataDir}`,
    );
    return { url: urlOf(port, cluster.password), dataDir, isNew, adopted, stop: () => supervisor.stop() };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

const urlOf = (port: number, password: string): string =>
  `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${DATABASE}`;

/** A database for the duration of one command. */
export interface VisitedPostgres extends Pick<EmbeddedPostgres, 'url' | 'dataDir' | 'stop'> {
  /** True: the database belongs to a running service, and keeps running after `stop`. */
  readonly isShared: boolean;
}

/**
 * The database of a folder, for a command beside the service: that of the running service if there is one, else one
 * that is started for the duration of the command and prevents a service from starting meanwhile.
 * @throws EmbeddedPostgresError as `startEmbeddedPostgres`
 */
export async function visitEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<VisitedPostgres> {
  const dataDir = await prepareDataFolder(options.dataDir, unprivilegedUser(), (message) =>
    options.log(message),
  );
  const join = async (): Promise<VisitedPostgres | undefined> => {
    const url = await urlOfRunning(dataDir);
    return url === undefined ? undefined : { url, dataDir, isShared: true, stop: () => Promise.resolve() };
  };
  const running = await join();
  if (running) return running;
  try {
    return { ...(await startEmbeddedPostgres({ ...options, dataDir })), isShared: false };
  } catch (error) {
    // A service may have started at the same moment.
    const started = error instanceof FolderInUseError ? await join() : undefined;
    if (!started) throw error;
    return started;
  }
}

/** @returns undefined where no service runs on the folder */
async function urlOfRunning(dataDir: string): Promise<string | undefined> {
  const { pgdata, passwordFile } = clusterOf(dataDir);
  const found = await inspectPostmaster(pgdata);
  if (found.state !== 'running' || found.port === undefined) return undefined;
  const password = (await fs.readFile(passwordFile, 'utf8')).trim();
  try {
    const { client } = await logIn(found.port, password, pgdata);
    try {
      return (await ownerOf(client)) === undefined ? undefined : urlOf(found.port, password);
    } finally {
      await client.end();
    }
  } catch (error) {
    if (error instanceof NotServingError) return undefined;
    throw error;
  }
}

/** Check and creation cannot race: only the process that owns the folder gets here. */
async function createDatabaseIfMissing({ serving: { client } }: Supervisor): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
  if (rowCount) return false;
  await client.query(`CREATE DATABASE ${DATABASE}`);
  return true;
}

/**
 * Removes the remains of killed starts and of earlier versions. Only for the owner of the folder: another start that
 * runs at the same time is about to be refused, and tolerates the loss of its unfinished work.
 * @param binaries the folder of the programs that the server runs from; undefined where it is not known
 */
async function removeLeftovers(dataDir: string, binaries: string | undefined): Promise<void> {
  for (const name of await fs.readdir(dataDir)) {
    const isOld =
      name.startsWith(STAGED_PREFIX) && binaries !== undefined && name !== path.basename(binaries);
    if (!isOld && !name.startsWith(UNFINISHED_CLUSTER_PREFIX)) continue;
    // An initdb that outlived its start may still write there; the next start removes the folder then.
    await fs.rm(path.join(dataDir, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
