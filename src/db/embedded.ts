import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { findPlatformPackage, STAGED_PREFIX, stageBinaries } from './embedded/binaries.ts';
import { clusterOf, openOrCreateCluster, SUPERUSER, UNFINISHED_CLUSTER_PREFIX } from './embedded/cluster.ts';
import { prepareDataFolder } from './embedded/data-folder.ts';
import { type EmbeddedPostgresError, FolderInUseError } from './embedded/error.ts';
import { logIn, NotServingError, ownerOf } from './embedded/ownership.ts';
import { inspectPostmaster } from './embedded/postmaster.ts';
import { unprivilegedUser } from './embedded/run-as.ts';
import { Supervisor } from './embedded/supervisor.ts';

export { EmbeddedPostgresError, FolderInUseError } from './embedded/error.ts';

/** The database that the service uses in the embedded cluster. */
const DATABASE = 'standfirst';

/** Where and how the embedded database runs. */
export interface EmbeddedPostgresOptions {
  /**
   * The folder that holds everything; made where it's missing. Undefined: `./.data`, and as root, where that one is
   * out of reach for the unprivileged user that PostgreSQL runs as, a folder under /var/lib (it's logged).
   */
  readonly dataDir?: string | undefined;
  /** The loopback port; 0 (the default) takes a free one. A server that is already running keeps its own. */
  readonly port?: number;
  /** Gets one line for whatever a person who operates this would want to know. */
  log(message: string): void;
  /**
   * Called, once, when the database has died and could not be brought back, or when another process has taken the
   * folder over meanwhile. The service can't work any longer; it may end. Not called because of `stop`.
   */
  onExit?(error: EmbeddedPostgresError): void;
}

/** A running PostgreSQL that belongs to this process. */
export interface EmbeddedPostgres {
  /** `postgres://…` with the superuser, the password and the database `standfirst`; valid until `stop`. */
  readonly url: string;
  /** The folder in use, without symbolic links. */
  readonly dataDir: string;
  /** This start made the database `standfirst`: it's empty. */
  readonly isNew: boolean;
  /** The server was running already, left behind by a service that was killed. */
  readonly adopted: boolean;
  /** Shuts the server down and resolves when its process is gone. Close the pools first: it ends their connections. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL of this service's own from the programs that come with `npm ci`, or takes over the one that a
 * killed service left running on the same folder. If the server dies it's started again on the same port, until
 * `stop`. In the folder:
 *
 * - `cluster/data`: the data, `cluster/password`: of its superuser
 * - `postgresql-VERSION`: the programs
 * - `postgres.log`: what the server says
 *
 * @throws FolderInUseError if another process uses the folder
 * @throws EmbeddedPostgresError for everything else that a person has to change
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

/** A database for one command. */
export interface VisitedPostgres extends Pick<EmbeddedPostgres, 'url' | 'dataDir' | 'stop'> {
  /** It belongs to a service that runs, and goes on after `stop`. */
  readonly isShared: boolean;
}

/**
 * The database of a folder, for a command beside the service: that of a running service if there is one, else one that is
 * started for as long as the command takes, and keeps a service from starting meanwhile.
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
    // A service that started in the same moment.
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

/** Safe as a look and an act, because only the owner of the folder gets here. */
async function createDatabaseIfMissing({ serving: { client } }: Supervisor): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
  if (rowCount) return false;
  await client.query(`CREATE DATABASE ${DATABASE}`);
  return true;
}

/**
 * Removes what killed starts and earlier versions left. Only for the owner of the folder; a start that is under way
 * at the same time, and about to be refused, copes with losing its unfinished work.
 * @param binaries the programs that the server runs from; undefined if it's not known which those are
 */
async function removeLeftovers(dataDir: string, binaries: string | undefined): Promise<void> {
  for (const name of await fs.readdir(dataDir)) {
    const isOld =
      name.startsWith(STAGED_PREFIX) && binaries !== undefined && name !== path.basename(binaries);
    if (!isOld && !name.startsWith(UNFINISHED_CLUSTER_PREFIX)) continue;
    // An initdb that outlived its start may still be writing there: then it goes next time.
    await fs.rm(path.join(dataDir, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
