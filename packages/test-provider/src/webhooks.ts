import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Stripe } from 'stripe';

export interface WebhookOptions {
  /** Address of the receiver; undefined while it does not listen. */
  readonly url: () => string | undefined;
  readonly secret: string;
  /**
   * Stands between an event and its delivery, for tests: it may send an event twice, later, or not at all. Absent: each
   * event is sent once.
   */
  readonly deliver?: ((event: Stripe.Event, send: () => Promise<void>) => Promise<void>) | undefined;
}

/** Time after which an event is sent a second time. */
export const firstRetryMs = 1000;
/** Waits before another attempt. Nothing depends on a delivery: who gets no event finds the change by polling. */
const retryWaitsMs = [firstRetryMs, 10_000];
const timeoutMs = 5000;
const maxWaiting = 1000;

/** The header with which Stripe signs a body: https://docs.stripe.com/webhooks/signature */
export function signatureOf(body: string, secret: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000);
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${signature}`;
}

/** Sends events to the receiver, one after another, in the order in which they were committed here. */
export class Webhooks {
  readonly #options: WebhookOptions;
  readonly #retries = new Set<NodeJS.Timeout>();
  readonly #closed = new AbortController();
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  send(events: readonly Stripe.Event[]): void {
    for (const event of events) {
      if (this.#waiting >= maxWaiting) return;
      this.#waiting++;
      this.#queue = this.#queue.then(() => this.#deliver(event)).finally(() => this.#waiting--);
    }
  }

  /** Resolves when every event so far was sent for the first time. */
  idle(): Promise<void> {
    return this.#queue;
  }

  async close(): Promise<void> {
    this.#closed.abort();
    for (const timer of this.#retries) clearTimeout(timer);
    await this.#queue;
  }

  async #deliver(event: Stripe.Event): Promise<void> {
    const send = () => this.#attempt(event, 0);
    // A hook that fails loses its event.
    await (this.#options.deliver?.(event, send) ?? send()).catch(() => undefined);
  }

  async #attempt(event: Stripe.Event, attempt: number): Promise<void> {
    const url = this.#options.url();
    if (url === undefined || this.#closed.signal.aborted) return;
    const isReceived = await this.#post(url, JSON.stringify(event));
    const waitMs = retryWaitsMs[attempt];
    if (isReceived || waitMs === undefined || this.#closed.signal.aborted) return;
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      void this.#attempt(event, attempt + 1);
    }, waitMs);
    this.#retries.add(timer);
  }

  /** @returns whether the receiver has taken the event */
  #post(url: string, body: string): Promise<boolean> {
    const { secret } = this.#options;
    const request = url.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((resolve) => {
      const sent = request(url, {
        method: 'POST',
        agent: false,
        signal: AbortSignal.any([this.#closed.signal, AbortSignal.timeout(timeoutMs)]),
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
          // The real time, with which the receiver compares it, whatever the given clock says.
          'stripe-signature': signatureOf(body, secret, new Date()),
        },
      });
      sent.on('response', (response) => {
        response.resume();
        response.on('close', () => resolve((response.statusCode ?? 500) < 300));
      });
      sent.on('error', () => resolve(false));
      sent.end(body);
    });
  }
}
