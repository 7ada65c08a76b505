import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../../harness/processes/child.ts';
import { sessionSecret } from '../../harness/processes/service.ts';
import { pickLastingPort } from '../../harness/servers/lasting-port.ts';
import type { ServiceQuestion } from '../preload/service.ts';

const preload = pathToFileURL(join(import.meta.dirname, '../preload/service.js')).href;

/** Limits high enough for every client of a scenario, which all share one address. */
const raisedLimits = {
  RATE_LIMITS: 'off',
  MAX_CONNECTIONS_PER_ADDRESS: '1000000',
  MAX_SOCKETS_PER_ADDRESS: '1000000',
  // Writers edit their new comments, even when the clock is wrong.
  EDIT_WINDOW_SECONDS: '86400',
  // On a slow machine subscribers fall far behind, and must not be reset for that.
  MAX_REPLAY_EVENTS: '100000',
  // Short enough that statements on a silent database fail before the end of a scenario.
  DATABASE_STATEMENT_TIMEOUT_MS: '3000',
};

/** Restores the defaults: an empty variable counts as absent. */
export const defaultLimits: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(raisedLimits).map((name) => [name, '']),
);

/** One node of the service, as a process that can be killed and restarted at the same address. */
export class ServiceNode {
  readonly port: number;
  readonly #env: Record<string, string>;
  /** The causes of unexpected ends of the process. */
  readonly crashes: string[] = [];
  #process: Child | undefined;
  #expectsEnd = false;
  #isRemoved = false;

  private constructor(port: number, env: Record<string, string>) {
    this.port = port;
    this.#env = env;
  }

  /** Not started yet. @param settings of the service, by their names in the environment */
  static async create(databaseUrl: string, settings: Record<string, string>): Promise<ServiceNode> {
    const port = await pickLastingPort();
    return new ServiceNode(port, {
      ...raisedLimits,
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      SESSION_SECRET: sessionSecret,
      LOG_LEVEL: 'error',
      ...settings,
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts or restarts the node, and waits until it listens. */
  async start(): Promise<void> {
    if (this.#isRemoved) throw new Error('The node was removed');
    const started = new Child('src/main', { env: this.#env, execArgv: ['--expose-gc', '--import', preload] });
    this.#process = started;
    this.#expectsEnd = false;
    void started.exited.then((code) => {
      if (!this.#expectsEnd)
        this.crashes.push(`A node of the service ended with ${code}; its output:\n${started.output}`);
    });
    await started.printed(/GraphQL and its explorer +(\S+)\/graphql/);
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /**
   * Shuts the node down in an orderly way.
   * @returns the exit code, and the duration
   */
  async stop(): Promise<{ code: number | NodeJS.Signals; milliseconds: number }> {
    const begun = performance.now();
    return { code: await this.#end('SIGTERM'), milliseconds: performance.now() - begun };
  }

  /** Kills the node and prevents any restart. */
  async remove(): Promise<void> {
    this.#isRemoved = true;
    if (this.#process) await this.#end('SIGKILL');
  }

  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  /** Process id of the running node. */
  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('The node does not run');
    return pid;
  }

  /** @param question `memory`: memory after a garbage collection, as `Memory` */
  ask<Answer>(question: ServiceQuestion | 'memory'): Promise<Answer> {
    if (!this.#process) throw new Error('The node does not run');
    return this.#process.ask<Answer>(question);
  }

  /** Waits for the death that was requested by `killAt`. @returns whether the process died in time */
  async died(withinMs: number): Promise<boolean> {
    this.#expectsEnd = true;
    const deadline = new AbortController();
    const died = await Promise.race([
      this.#process?.exited.then(() => true),
      sleep(withinMs, false, { signal: deadline.signal }),
    ]);
    deadline.abort();
    return died ?? false;
  }

  /**
   * Waits for the present process to end, which is no fault meanwhile.
   * @param over ends the waiting: from then on the process has to live
   * @returns whether it has ended
   */
  async ended(over: AbortSignal): Promise<boolean> {
    const process = this.#process;
    if (!process) return true;
    this.#expectsEnd = true;
    let hasEnded = false;
    const ended = process.exited.then(() => (hasEnded = true));
    await Promise.race([ended, new Promise((resolve) => over.addEventListener('abort', resolve))]);
    if (!hasEnded && this.#process === process) this.#expectsEnd = false;
    return hasEnded;
  }

  /** Whether the node reports to be ready. */
  isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async #end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.#expectsEnd = true;
    const code = (await this.#process?.stop(signal)) ?? 0;
    this.#process = undefined;
    return code;
  }
}
