import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError, FolderInUseError, messageOf } from './error.ts';
import { endPostmaster, inspectPostmaster } from './postmaster.ts';
import { serve, type ServeOptions, type Serving } from './serving.ts';

/** A server that stayed up this long counts as healthy again. */
const HEALTHY_AFTER_MS = 60_000;
const MAX_RESTARTS = 8;
const backoffMs = (restarts: number): number => Math.min(5_000, 50 * 2 ** restarts);

/**
 * Keeps the server of a folder up, on the same port, until `stop`. It watches the connection that owns the folder: this
 * connection breaks at once when the server dies, whether a child of this process or adopted, and also after a crash of
 * one of the server's workers, where the server itself goes on and only the ownership has to be taken again.
 */
export class Supervisor {
  readonly #options: ServeOptions;
  readonly #onGone: (error: EmbeddedPostgresError) => void;
  readonly #stopping = new AbortController();
  #recovery: Promise<void> = Promise.resolve();
  #restarts = 0;
  #ownsFolder = true;
  #stopped: Promise<void> | undefined;
  /** The present connection; changes with every restart. */
  serving: Serving;

  private constructor(
    options: ServeOptions,
    serving: Serving,
    onGone: (error: EmbeddedPostgresError) => void,
  ) {
    this.#options = { ...options, port: serving.port };
    this.#onGone = onGone;
    this.serving = serving;
    this.#watch(serving);
  }

  /** Brings the server up. `onGone` is called once, if it cannot be kept up later on. @throws EmbeddedPostgresError */
  static async start(
    options: ServeOptions,
    onGone: (error: EmbeddedPostgresError) => void,
  ): Promise<Supervisor> {
    return new Supervisor(options, await serve(options, new AbortController().signal), onGone);
  }

  #watch(serving: Serving): void {
    const since = Date.now();
    void serving.lost.then(() => {
      if (this.#stopping.signal.aborted) return;
      if (Date.now() - since > HEALTHY_AFTER_MS) this.#restarts = 0;
      this.#recovery = this.#recover();
    });
  }

  /** Never rejects: a failure is reported through `onGone`. */
  async #recover(): Promise<void> {
    const { signal } = this.#stopping;
    this.#options.log(`lost the embedded database (process ${this.serving.pid}), restarting it`);
    let last: unknown = new Error('it keeps failing');
    while (this.#restarts < MAX_RESTARTS) {
      this.#restarts += 1;
      try {
        await sleep(backoffMs(this.#restarts), undefined, { signal });
        this.serving = await serve(this.#options, signal);
        this.#watch(this.serving);
        const { pid, port } = this.serving;
        return this.#options.log(`the embedded database runs again (process ${pid}, port ${port})`);
      } catch (error) {
        if (signal.aborted) return;
        last = error;
        if (error instanceof FolderInUseError) {
          // Another process has taken over the folder in the meantime, so the server must not be stopped from here.
          this.#ownsFolder = false;
          break;
        }
        this.#options.log(`the embedded database has not restarted yet: ${messageOf(error)}`);
      }
    }
    const error = new EmbeddedPostgresError(`The embedded database did not restart: ${messageOf(last)}`, {
      cause: last,
    });
    this.#options.log(error.message);
    this.#onGone(error);
  }

  /**
   * Ends the server and resolves when its process is gone; nothing is restarted from then on. The folder stays owned
   * until the end, so that no other process can adopt a server that is about to stop. Repeated calls return the same
   * promise.
   */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#stopping.abort(new Error('the embedded database is being stopped'));
    await this.#recovery;
    const { pgdata, binaries, log } = this.#options;
    if (this.#ownsFolder) {
      const found = await inspectPostmaster(pgdata);
      if (found.state === 'running') await endPostmaster(found.pid, pgdata, binaries, log);
    }
    await this.serving.client.end().catch(() => undefined);
  }
}
