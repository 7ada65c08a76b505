import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** CPU time in milliseconds. */
export type CpuMs = number;

/** In bytes. */
export interface Memory {
  /** Resident set size. */
  readonly resident: number;
  readonly heap: number;
}

/** Folder of the compiled files. */
const built = join(import.meta.dirname, '../..');

/** A child process that answers messages: one question, one answer, one at a time. */
export class Child {
  readonly #process: ChildProcess;
  /** Resolves when the process has ended, with its exit code or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  #output = '';

  /**
   * @param file the program, relative to the compiled folder, without `.js`
   * @param options `env` is added to a minimal environment; `execArgv` are options of node
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
   * Waits until the output matches.
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

  /** @throws the Error that the process answered with */
  async ask<Answer>(question: unknown): Promise<Answer> {
    const answer = await this.#unlessEnded<Answer | { error: string }>((resolve) => {
      this.#process.once('message', (message) => resolve(message as Answer));
      // The end of the process is reported by `#unlessEnded`.
      this.#process.send(question as object, () => undefined);
    });
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(answer.error);
    return answer;
  }

  /** The CPU time of the process since its start. */
  cpu(): Promise<CpuMs> {
    return this.ask<CpuMs>('cpu');
  }

  /** Memory after a garbage collection. The process must have been started with `--expose-gc`. */
  memory(): Promise<Memory> {
    return this.ask<Memory>('memory');
  }

  /** The end of the process's output. */
  get output(): string {
    return this.#output;
  }

  /** Sends a signal, by default for an orderly shutdown, and waits for the end of the process. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    this.#process.kill(signal);
    return this.exited;
  }

  #unlessEnded<T>(wait: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      wait(resolve);
      void this.exited.then(() => reject(new Error(`A process ended; its output:\n${this.#output}`)));
    });
  }
}
