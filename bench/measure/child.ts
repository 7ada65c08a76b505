import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** CPU time in milliseconds. */
export type CpuMs = number;

/** Where the compiled files are. */
const built = join(import.meta.dirname, '../..');

/** A process of ours that answers messages: one question, one answer, one at a time. */
export class Child {
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
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
    this.#exited = once(this.#process, 'exit').then(() => undefined);
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream?.on(
        'data',
        (chunk: Buffer) => (this.#output = `${this.#output}${chunk.toString()}`.slice(-8000)),
      );
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
      this.#process.send(question as object);
    });
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(answer.error);
    return answer;
  }

  /** The CPU time that it has taken since it was started. */
  cpu(): Promise<CpuMs> {
    return this.ask<CpuMs>('cpu');
  }

  /** Ends it in order, and waits for that. */
  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    await this.#exited;
  }

  #unlessEnded<T>(wait: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      wait(resolve);
      void this.#exited.then(() =>
        reject(new Error(`A process of the bench ended; it said:\n${this.#output}`)),
      );
    });
  }
}
