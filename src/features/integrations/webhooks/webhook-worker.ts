import type { Background } from '../../../platform/feature/feature.ts';
import type { IsHeld, Leases } from '../../../platform/jobs/leases.ts';
import type { DueDelivery } from './delivery.queries.ts';
import type { DeliveryService } from './delivery.service.ts';

export interface WebhookWorkerOptions {
  readonly service: DeliveryService;
  readonly leases: Leases;
  /** Calls a listener when a log has grown. @returns stops that */
  readonly onGrown: (listener: () => void) => () => void;
  /** Time between two looks for what is due, in milliseconds. */
  readonly intervalMs: number;
  /** What failed is tried again with a later look. */
  readonly onError: (error: unknown) => void;
}

/**
 * Makes deliveries of new events, and sends what is due. Any number of workers may run. What is under way is bounded by the
 * number of endpoints and the attempts that each may have at once, so that a slow endpoint takes no other's place.
 */
export class WebhookWorker implements Background {
  readonly #options: WebhookWorkerOptions;
  readonly #underWay = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #isWanted = false;
  #unlisten: (() => void) | undefined;
  #isStopped = false;

  constructor(options: WebhookWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unlisten = this.#options.onGrown(() => this.#look());
    this.#look();
  }

  /** Resolves once the attempts under way are over. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#unlisten?.();
    clearTimeout(this.#timer);
    await this.#looking;
    await Promise.all(this.#underWay);
  }

  /** Looks at once, or again after the look that is under way. */
  #look(): void {
    if (this.#isStopped) return;
    this.#isWanted = true;
    this.#looking ??= this.#lookAll().finally(() => {
      this.#looking = undefined;
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), this.#options.intervalMs);
  }

  /** Never rejects. */
  async #lookAll(): Promise<void> {
    const { service, leases } = this.#options;
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false;
      await service.endOutlived().catch(this.#options.onError);
      await this.#forEach(service.behind(), (behind) => service.enqueue(behind));
      await this.#forEach(service.due(), (webhookId) =>
        leases.during(async (isHeld) => {
          for (const delivery of await service.claim(webhookId)) this.#send(delivery, isHeld);
        }),
      );
    }
  }

  /** Works for endpoints one after the other; what fails for one holds up no other. */
  async #forEach<T>(found: Promise<readonly T[]>, work: (each: T) => Promise<void>): Promise<void> {
    const { onError } = this.#options;
    for (const each of await found.catch((error: unknown) => (onError(error), [])))
      await work(each).catch(onError);
  }

  #send(delivery: DueDelivery, isHeld: IsHeld): void {
    const { service, leases, onError } = this.#options;
    const sent = leases
      .during(() => service.send(delivery, isHeld))
      .then(
        // The next one of its article is due.
        () => this.#look(),
        (error: unknown) => onError(error),
      );
    const underWay = sent.finally(() => this.#underWay.delete(underWay));
    this.#underWay.add(underWay);
  }
}
