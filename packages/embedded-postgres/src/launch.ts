import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import * as path from 'node:path';
import { programOptions, type RunAs } from './run-as.ts';

/** Everything that starting the server of one folder depends on. */
export interface LaunchOptions {
  readonly dataDir: string;
  readonly pgdata: string;
  readonly binaries: string;
  readonly runAs: RunAs | undefined;
}

/** A server process that this process started, from its start to its end. */
export interface Launched {
  readonly pid: number | undefined;
  /** Undefined while the process runs; then the reason why it ended, with the end of its log. */
  outcome(): Promise<LaunchOutcome | undefined>;
}

/** `retry`: another server, or an orphan of one, is in the way, which is temporary. `port`: the port is taken. */
export interface LaunchOutcome {
  readonly kind: 'retry' | 'port' | 'failed';
  readonly reason: string;
}

/** The server's own log, in the data folder. */
export const LOG_FILE = 'postgres.log';
const LOG_ROTATE_BYTES = 10_000_000;
/** Number of bytes at the end of the log that are read after a failed start. */
const LOG_TAIL_BYTES = 8_000;

/** Given on the command line, so that they apply at every start, regardless of the cluster's configuration files. */
function settings(port: number): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // A socket file would need a short path that both users can reach.
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '128MB',
    // Acknowledged commits survive kill -9 and power cuts.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // Compiling queries costs more than these queries take, and the packages leave LLVM out.
    jit: 'off',
    shared_preload_libraries: '',
    logging_collector: 'off',
    log_destination: 'stderr',
    // The log contains no data of users: no statement, no parameter, no DETAIL (which quotes rows), and no message of a
    // failed statement, since some quote a value. The service logs such errors itself, without the values. LOG, FATAL
    // and PANIC remain: starts, stops, crashes, refused connections.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_statement: 'none',
    log_duration: 'off',
    log_min_duration_statement: '-1',
    log_min_duration_sample: '-1',
    log_transaction_sample_rate: '0',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    log_lock_waits: 'off',
    log_temp_files: '-1',
    log_statement_stats: 'off',
    debug_print_parse: 'off',
    debug_print_rewritten: 'off',
    debug_print_plan: 'off',
    // `outcome` matches the messages in English.
    lc_messages: 'C',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * Starts a server process without waiting until it answers. It gets a session of its own, because Ctrl-C in the
 * terminal must not end it before the service has drained. Its output goes to a file, so that it survives the end of
 * this process.
 */
export async function launchPostmaster(options: LaunchOptions, port: number): Promise<Launched> {
  const logFile = path.join(options.dataDir, LOG_FILE);
  const size = await fs.stat(logFile).then(
    (stats) => stats.size,
    () => 0,
  );
  if (size > LOG_ROTATE_BYTES) await fs.rename(logFile, `${logFile}.1`);
  const log = await fs.open(logFile, 'a', 0o600);
  try {
    const logStart = (await log.stat()).size;
    const child = spawn(
      path.join(options.binaries, 'bin', 'postgres'),
      ['-D', options.pgdata, ...settings(port)],
      {
        ...programOptions(options.runAs, options.dataDir),
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    );
    child.unref();
    return follow(child, logFile, logStart);
  } finally {
    await log.close();
  }
}

function follow(child: ChildProcess, logFile: string, logStart: number): Launched {
  let ended: string | undefined;
  child.once('error', (error) => (ended ??= `cannot run it (${error.message})`));
  child.once('exit', (code, signal) => (ended ??= signal ? `ended by ${signal}` : `ended with code ${code}`));
  return {
    pid: child.pid,
    async outcome() {
      if (ended === undefined) return undefined;
      const tail = (await readFrom(logFile, logStart)).trim().split('\n').slice(-12).join('\n');
      const reason = tail === '' ? ended : `${ended}; the end of ${logFile}:\n${tail}`;
      if (/lock file ".*" (already exists|is empty)|pre-existing shared memory block/.test(tail)) {
        return { kind: 'retry', reason };
      }
      return { kind: /could not bind|could not create any TCP/.test(tail) ? 'port' : 'failed', reason };
    },
  };
}

async function readFrom(file: string, start: number): Promise<string> {
  const handle = await fs.open(file, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(start, size - LOG_TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(Math.max(0, size - from)),
      0,
      undefined,
      from,
    );
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A TCP port of the loopback interface that was free a moment ago. */
export async function pickFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
