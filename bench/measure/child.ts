import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** CPU time in milliseconds. */
export type CpuMs = number;

/** In bytes. */
export interface Memory {
  /** The process's pages in memory (RSS). */
  readonly resident: number;
  readonly heap: number;
}

/** Where the compiled files are. */
const built = join(import.meta.dirname, '../..');

/** A process of ours that answers messages: one question, one answer, one at a time. */
export class Child {
  readonly #process: ChildProcess;
  /** Resolves when it has ended, with its exit code or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  #output = '';

  /**
   * @param file the program, from the compiled folder, without `.js`
   * @param options `env` is added to a bare environment; `execArgv` are options of node
   */
  constructor(file: string, options: { env?: Record<string, string>; execArgv?: readonly string[] } = {}) {
    this.#process = fork(join(built, `${file}.js`), [], {
      env: { PATH: process.env.PATH, NODE_ENV: 'production', ...options.env },
      execArgv: [...(options.execArgv ?? [])],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.exited = once(this.#process, 'exit').then(
      ([code, signal]: (number | NodeJS.Signals | null)[]) => code ?? signal ?? 1,
    );
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on(
        'data',
        (chunk: Buffer) => (this.#output = `${this.#output}${chunk.toString()}`.slice(-8000)),
      );
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * Waits until what it prints matches.
   * @returns the match's first group
   */
  printed(pattern: RegExp): Promise<string> {
    return this.#unlessEnded((resolve) => {
      const look = (): void => {
        const found = pattern.exec(this.#output)?.[1];
        if (found === undefined) return;
        this.#process.stdout?.off('data', look);
        resolve(found);
      };
      this.#process.stdout?.on('data', look);
      look();
    });
  }

  /** @throws Error that it answered with */
  async ask<Answer>(question: unknown): Promise<Answer> {
    const answer = await this.#unlessEnded<Answer | { error: string }>((resolve) => {
      this.#process.once('message', (message) => resolve(message as Answer));
      // One that has ended is told of below.
      this.#process.send(question as object, () => undefined);
    });
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(answer.error);
    return answer;
  }

  /** The CPU time that it has taken since it was started. */
  cpu(): Promise<CpuMs> {
    return this.ask<CpuMs>('cpu');
  }

  /** What it holds, after a collection of garbage. It must have been started with `--expose-gc`. */
  memory(): Promise<Memory> {
    return this.ask<Memory>('memory');
  }

  /** The end of what it printed. */
  get output(): string {
    return this.#output;
  }

  /** Sends a signal, by default the one to end in order, and waits until it has ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    this.#process.kill(signal);
    return this.exited;
  }

  #unlessEnded<T>(wait: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      wait(resolve);
      void this.exited.then(() => reject(new Error(`A process ended; it said:\n${this.#output}`)));
    });
  }
}
