import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError, FolderInUseError, messageOf } from './error.ts';
import { type Launched, type LaunchOptions, launchPostmaster, LOG_FILE, pickFreePort } from './launch.ts';
import { logIn, NotServingError, type OwnerConnection, takeOwnership } from './ownership.ts';
import { discardStaleFile, endPostmaster, inspectPostmaster } from './postmaster.ts';

/** Options for bringing up the server of one folder. */
export interface ServeOptions extends LaunchOptions {
  readonly password: string;
  /** 0: any free port. A server that already runs keeps its port. */
  readonly port: number;
  readonly log: (message: string) => void;
}

/** A server that answers and that this process owns. */
export interface Serving extends OwnerConnection {
  readonly port: number;
  readonly pid: number;
  /** True: the server was already running. */
  readonly adopted: boolean;
}

/** Enough for recovery after a crash with the default size of the write-ahead log. */
const PATIENCE_MS = 120_000;
const POLL_MS = 40;
/** Pause between tries, each of which costs a process and some lines of log. */
const RETRY_MS = 200;

/**
 * Brings up the server of a folder and takes the folder for this process. One loop handles all cases (no server; a
 * server that is starting, recovering, stopping; one that outlived its service; a port or lock file that another
 * process has taken), because each can turn into another at any moment. PostgreSQL's own lock file ensures that of two
 * servers that start at once one gives up.
 * @throws FolderInUseError, EmbeddedPostgresError, or the signal's reason once it is aborted
 */
export async function serve(options: ServeOptions, signal: AbortSignal): Promise<Serving> {
  const attempt: Attempt = { port: options.port, launched: undefined, obstacle: 'it does not answer' };
  const startedAt = Date.now();
  let announced = false;
  try {
    for (; Date.now() < startedAt + PATIENCE_MS; await sleep(POLL_MS, undefined, { signal })) {
      signal.throwIfAborted();
      const serving = await step(options, attempt, signal);
      if (serving) return serving;
      if (!announced && Date.now() > startedAt + 3_000) {
        announced = true;
        options.log(`waiting for the embedded database: ${attempt.obstacle}`);
      }
    }
  } catch (error) {
    // The server that was started here has no user, unless the folder's owner uses it.
    const pid = error instanceof FolderInUseError ? undefined : attempt.launched?.pid;
    if (pid !== undefined && !(await attempt.launched?.outcome())) {
      await endPostmaster(pid, options.pgdata, options.binaries, options.log);
    }
    throw error;
  }
  // A server that still recovers is left running, and the next start adopts it: ending it would restart the recovery.
  throw new EmbeddedPostgresError(
    `The embedded database in ${options.dataDir} was not ready after ${PATIENCE_MS / 1000} s: ${attempt.obstacle}. ` +
      `If ${LOG_FILE} in that folder shows that it is recovering, start again to go on waiting.`,
  );
}

interface Attempt {
  port: number;
  launched: Launched | undefined;
  /** The obstacle, for messages. */
  obstacle: string;
}

async function step(
  options: ServeOptions,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Serving | undefined> {
  await reviewLaunch(options, attempt);
  const found = await inspectPostmaster(options.pgdata);
  switch (found.state) {
    case 'unclear':
      return undefined;
    case 'stale':
      options.log('removing a left-over lock file of the embedded database: its process is not the database');
      await discardStaleFile(options.pgdata, found.content);
      return undefined;
    case 'none':
      if (attempt.launched) return undefined;
      if (attempt.port === 0) attempt.port = await pickFreePort();
      attempt.launched = await launchPostmaster(options, attempt.port);
      return undefined;
    case 'running': {
      if (found.port === undefined) return undefined;
      const { pid, port } = found;
      try {
        const connection = await logIn(port, options.password, options.pgdata);
        await takeOwnership(connection, options.dataDir, signal);
        return { ...connection, pid, port, adopted: pid !== attempt.launched?.pid };
      } catch (error) {
        if (!(error instanceof NotServingError)) throw error;
        attempt.obstacle = messageOf(error);
        return undefined;
      }
    }
  }
}

/** Handles a server started by this attempt that has already ended. */
async function reviewLaunch(options: ServeOptions, attempt: Attempt): Promise<void> {
  const outcome = await attempt.launched?.outcome();
  if (!outcome) return;
  attempt.launched = undefined;
  attempt.obstacle = outcome.reason;
  if (outcome.kind === 'retry') {
    await sleep(RETRY_MS);
  } else if (outcome.kind === 'port' && options.port === 0) {
    // Another process took the port between check and start.
    attempt.port = 0;
  } else if (outcome.kind === 'port') {
    throw new EmbeddedPostgresError(
      `Port ${options.port} for the embedded database is taken: ${outcome.reason}`,
    );
  } else {
    throw new EmbeddedPostgresError(
      `The embedded database in ${options.dataDir} does not start: ${outcome.reason}`,
    );
  }
}
