import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A third-party server that a scenario starts and stops. It keeps its address. */
export class Server {
  readonly #command: readonly [program: string, ...args: string[]];
  readonly #options: SpawnOptions;
  readonly #isReady: () => Promise<boolean>;
  #process: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #output = '';

  /** @param isReady whether the server accepts requests; polled until it does */
  constructor(
    command: readonly [program: string, ...args: string[]],
    options: SpawnOptions,
    isReady: () => Promise<boolean>,
  ) {
    this.#command = command;
    this.#options = options;
    this.#isReady = isReady;
  }

  async start(): Promise<void> {
    const [program, ...args] = this.#command;
    const started = spawn(program, args, { ...this.#options, stdio: ['ignore', 'pipe', 'pipe'] });
    let running = true;
    this.#process = started;
    this.#exited = once(started, 'exit').finally(() => (running = false));
    for (const stream of [started.stdout, started.stderr])
      stream?.on('data', (data: Buffer) => (this.#output = `${this.#output}${data.toString()}`.slice(-4000)));
    while (!(await this.#isReady())) {
      if (!running) throw new Error(`${program} ended; its output:\n${this.#output}`);
      await sleep(20);
    }
  }

  /** Sends a signal, and waits for the end of the process. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#process?.kill(signal);
    await this.#exited;
    this.#process = undefined;
  }

  /** Stops all processes of the server for a time by SIGSTOP. To clients the server exists but is silent. */
  async freeze(milliseconds: number): Promise<void> {
    const thaw = await this.pause();
    try {
      await sleep(milliseconds);
    } finally {
      thaw();
    }
  }

  /** As `freeze`. @returns what continues the processes */
  async pause(): Promise<() => void> {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('Nothing runs that could be frozen');
    process.kill(pid, 'SIGSTOP');
    // A stopped parent forks no further children.
    const frozen = [pid, ...(await childrenOf(pid))];
    for (const each of frozen) process.kill(each, 'SIGSTOP');
    return () => {
      for (const each of frozen.reverse()) process.kill(each, 'SIGCONT');
    };
  }
}

/** Linux only, like the rest of `pause`. */
async function childrenOf(parent: number): Promise<number[]> {
  const children: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    // The name in parentheses may contain any characters.
    const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(ppid) === parent) children.push(Number(name));
  }
  return children;
}
