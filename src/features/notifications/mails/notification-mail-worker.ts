import type { Background } from '../../../platform/feature/feature.ts';
import type { NotificationMailService } from './notification-mail.service.ts';

export interface NotificationMailWorkerOptions {
  readonly service: NotificationMailService;
  /** Time between two looks for inboxes, in milliseconds. */
  readonly intervalMs: number;
  /** What failed is tried again later. */
  readonly onError: (error: unknown) => void;
}

/** Does the steps of `NotificationMailService`. Any number of workers may run. */
export class NotificationMailWorker implements Background {
  readonly #options: NotificationMailWorkerOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: NotificationMailWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.run().then(() => this.start());
    }, this.#options.intervalMs);
  }

  /** Resolves once the step under way is over. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /** Writes what is to be mailed now. Never rejects. */
  async run(): Promise<void> {
    try {
      while (!this.#isStopped && (await this.#options.service.mailNext()));
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
