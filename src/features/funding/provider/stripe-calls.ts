import type { Stripe } from 'stripe';
import { answerOf, isMissing } from './stripe-failures.ts';

export interface StripeTimeouts {
  /** Time that a charge, refund or transfer may take; the banks behind Stripe answer within a minute. */
  readonly writeTimeoutMs?: number;
  readonly readTimeoutMs?: number;
}

/** Most objects that Stripe lists at once. */
export const pageSize = 100;

const readRetries = 2;
/** Longest time that the package waits before each of these. */
const retryWaitMs = 2000;

type Send<T> = (options: Stripe.RequestOptions) => Promise<T>;

interface Tagged {
  readonly id: string;
  readonly metadata: Stripe.Metadata | null;
}

/** The ways in which Stripe is called: every call has a time limit, and every write a key. */
export class StripeCalls {
  readonly #writeTimeoutMs: number;
  readonly #readTimeoutMs: number;

  constructor({ writeTimeoutMs = 80_000, readTimeoutMs = 20_000 }: StripeTimeouts) {
    this.#writeTimeoutMs = writeTimeoutMs;
    this.#readTimeoutMs = readTimeoutMs;
  }

  /**
   * Sends a request that changes something. The package sends it a second time if the connection is closed, whatever
   * `maxNetworkRetries` says, so a key is never left out.
   */
  write<T>(operation: string, key: string, send: Send<T>): Promise<T> {
    const timeoutMs = this.#writeTimeoutMs;
    return answerOf({ operation, timeoutMs }, () =>
      send({ idempotencyKey: `standfirst/${operation}/${key}`, maxNetworkRetries: 0, timeout: timeoutMs }),
    );
  }

  read<T>(operation: string, send: Send<T>): Promise<T> {
    const timeoutMs = (readRetries + 1) * this.#readTimeoutMs + readRetries * retryWaitMs;
    return answerOf({ operation, timeoutMs }, () =>
      send({ maxNetworkRetries: readRetries, timeout: this.#readTimeoutMs }),
    );
  }

  /** As `read`, for one object; undefined where there is none. */
  async find<T>(operation: string, send: Send<T>): Promise<T | undefined> {
    try {
      return await this.read(operation, send);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** The newest object of a list that has one of our keys. */
  async firstOf<T extends Tagged>(
    operation: string,
    tag: { readonly name: string; readonly value: string },
    list: (
      page: Stripe.PaginationParams,
      options: Stripe.RequestOptions,
    ) => Promise<Pick<Stripe.ApiList<T>, 'data' | 'has_more'>>,
  ): Promise<T | undefined> {
    for (let after: string | undefined; ;) {
      const position = after === undefined ? {} : { starting_after: after };
      const page = await this.find(operation, (options) => list({ limit: pageSize, ...position }, options));
      const found = page?.data.find(({ metadata }) => metadata?.[tag.name] === tag.value);
      after = page?.data.at(-1)?.id;
      if (found || !page?.has_more || after === undefined) return found;
    }
  }
}
