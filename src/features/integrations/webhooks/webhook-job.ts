import type { Job } from '../../../platform/jobs/job.ts';
import type { IsHeld, Leases } from '../../../platform/jobs/leases.ts';
import { type DueDelivery, dueWebhooksSql } from './delivery.queries.ts';
import type { DeliveryService } from './delivery.service.ts';

export interface WebhookJobOptions extends Pick<Job, 'everyMs'> {
  readonly service: DeliveryService;
  readonly leases: Leases;
  /** Calls a listener when a log has grown. @returns stops that */
  readonly onGrown: (listener: () => void) => () => void;
  /** What failed for one endpoint; it is tried again. */
  readonly onError: (error: unknown) => void;
}

/**
 * Makes deliveries of new events, and sends what is due. Any number of processes may. A step waits for no attempt, so that a slow
 * endpoint takes no other's place; what is under way is bounded by the number of endpoints and the attempts that each may have at once.
 */
export class WebhookJob implements Job {
  readonly name = 'webhooks';
  readonly due = dueWebhooksSql;
  readonly everyMs: number;
  readonly #options: WebhookJobOptions;
  readonly #underWay = new Set<Promise<void>>();
  #onDue = (): void => undefined;

  constructor(options: WebhookJobOptions) {
    this.#options = options;
    this.everyMs = options.everyMs;
  }

  readonly wake = (listener: () => void): (() => void) => {
    this.#onDue = listener;
    return this.#options.onGrown(listener);
  };

  readonly step = async (): Promise<'idle'> => {
    const { service, leases } = this.#options;
    await this.#forEach(await service.behind(), (behind) => service.enqueue(behind));
    await this.#forEach(await service.due(), (webhookId) =>
      leases.during(async (isHeld) => {
        for (const delivery of await service.claim(webhookId)) this.#send(delivery, isHeld);
      }),
    );
    return 'idle';
  };

  /** Resolves once the attempts under way are over. */
  readonly end = async (): Promise<void> => {
    await Promise.all(this.#underWay);
  };

  /** Works for endpoints one after the other; what fails for one holds up no other. */
  async #forEach<T>(found: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
    for (const each of found) await work(each).catch(this.#options.onError);
  }

  #send(delivery: DueDelivery, isHeld: IsHeld): void {
    const { service, leases, onError } = this.#options;
    const sent = leases
      .during(() => service.send(delivery, isHeld))
      // The next one of its article is due.
      .then(() => this.#onDue(), onError);
    const underWay = sent.finally(() => this.#underWay.delete(underWay));
    this.#underWay.add(underWay);
  }
}
