import DataLoader from 'dataloader';
import { Worker } from 'node:worker_threads';
import type { Rendered } from '../../../platform/text/markdown.ts';
import type { Profile } from '../../../platform/text/markdown-parser.ts';
import { requireRendering } from '../rendering.ts';
import { perform, type TextJob, type TextResult, type TextResults } from './text-job.ts';

/** The first texts are worked on here: to start a thread takes as long as some thousand texts. */
const withoutThread = 2000;
/** The most texts of one message. */
const maxBatch = 200;

/**
 * Converts the texts of an export's comments and renders all of its texts: beyond the first ones in a thread of its own, because that
 * takes as long as everything else that an import does. Texts that are asked for in one turn of the event loop go there together.
 */
export class Texts {
  readonly #batches = new DataLoader<TextJob, TextResult>((jobs) => this.#performAll(jobs), {
    cache: false,
    maxBatchSize: maxBatch,
  });
  /** Batches that the thread has not answered. It answers in the order in which it is asked. */
  readonly #waiting: {
    readonly resolve: (results: readonly TextResult[]) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  #done = 0;
  #thread: Worker | undefined;
  /** Why the thread has ended. No other one is started: an answer of the first could be taken for one of the second. */
  #failure: Error | undefined;

  /** @param program the file of the thread */
  constructor(private readonly program: string) {}

  async perform<Kind extends TextJob['kind']>(
    job: Extract<TextJob, { kind: Kind }>,
  ): Promise<TextResults[Kind]> {
    return (await this.#batches.load(job)) as TextResults[Kind];
  }

  /**
   * As `renderImported`.
   * @throws ImportRefusal
   */
  async render(markdown: string, profile: Profile, path: readonly PropertyKey[]): Promise<Rendered> {
    return requireRendering(await this.perform({ kind: 'render', markdown, profile }), path);
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  async #performAll(jobs: readonly TextJob[]): Promise<readonly TextResult[]> {
    this.#done += jobs.length;
    if (this.#done <= withoutThread) return jobs.map(perform);
    if (this.#failure) throw this.#failure;
    this.#thread ??= this.#start();
    this.#thread.postMessage(jobs);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  #start(): Worker {
    const thread = new Worker(this.program);
    thread.on('message', (results: readonly TextResult[]) => this.#waiting.shift()?.resolve(results));
    thread.on('error', (error) => this.#fail(error));
    thread.on('exit', () => this.#fail(new Error('The thread that works on texts has ended')));
    return thread;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
