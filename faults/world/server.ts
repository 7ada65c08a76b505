import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server of somebody else's that a scenario starts and stops as it likes. It keeps its address. */
export class Server {
  readonly #command: readonly [program: string, ...args: string[]];
  readonly #options: SpawnOptions;
  readonly #isReady: () => Promise<boolean>;
  #process: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #output = '';

  /** @param isReady whether it serves; asked until it does */
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
      if (!running) throw new Error(`${program} ended; it said:\n${this.#output}`);
      await sleep(20);
    }
  }

  /** Ends it by a signal, and waits for that. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    this.#process?.kill(signal);
    await this.#exited;
    this.#process = undefined;
  }

  /** Stops all of its processes where they stand, for so long. To others they are there, and silent. */
  async freeze(milliseconds: number): Promise<void> {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('Nothing runs that could be frozen');
    process.kill(pid, 'SIGSTOP');
    // It makes no more of them now.
    const frozen = [pid, ...(await childrenOf(pid))];
    for (const each of frozen) process.kill(each, 'SIGSTOP');
    try {
      await sleep(milliseconds);
    } finally {
      for (const each of frozen.reverse()) process.kill(each, 'SIGCONT');
    }
  }
}

/** Linux only, as the rest of what freezing takes. */
async function childrenOf(parent: number): Promise<number[]> {
  const children: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    // The name in brackets may have anything in it.
    const [, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(ppid) === parent) children.push(Number(name));
  }
  return children;
}
