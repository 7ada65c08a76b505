import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../../platform/db/database.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import { ProviderRefusedError, ProviderUnknownError } from '../../../platform/payments/provider-errors.ts';
import type { Provider } from '../../../platform/payments/provider.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import {
  type PledgeKey,
  type PledgeToSetUp,
  selectPledgeToSetUp,
  updatePledgeSetUp,
  updatePledgeSetUpLost,
} from '../campaign/pledge.queries.ts';
import { setUpText } from './set-up-text.ts';

export interface SetUpPagesOptions {
  readonly db: Database;
  readonly clock: Clock;
  /**
   * The address to which the provider sends people back: the page of the article with this slug; null: the article is not
   * public.
   */
  readonly returnUrl: (slug: string | null) => string;
}

/** Life of a set-up for which the provider gave no page, in milliseconds: a retry may still come. */
const unansweredMs = 24 * 3_600_000;

/** Waits for another request for the same page to store it, in milliseconds. */
const samePageWaitsMs = [100, 200, 400, 800, 1600, 3200];

/** When a set-up of which the provider does not know comes to an end. */
export const setUpExpiry = (clock: Clock): Date => new Date(clock.now().getTime() + unansweredMs);

/** The provider's pages on which means of payment are saved: each set-up of a pledge has one. */
export class SetUpPages {
  constructor(private readonly options: SetUpPagesOptions) {}

  /**
   * Asks the provider for the page of a pledge's set-up, unless there is one. The page's texts and the address of the
   * return may have changed since an answer was lost: the provider refuses the key then (KEY_REUSED), and the pledge gets
   * another set-up. Nobody has the address of the lost page, and what is saved on it is not looked at.
   */
  async open(provider: Provider, key: PledgeKey): Promise<void> {
    for (const waitMs of [...samePageWaitsMs, undefined]) {
      const pledge = await selectPledgeToSetUp(this.options.db, key);
      if (!pledge) return;
      try {
        if (await this.#openPage(provider, key, pledge)) return;
      } catch (error) {
        const reason = error instanceof ProviderUnknownError ? error.reason : undefined;
        if (reason === undefined && !(error instanceof ProviderRefusedError)) throw error;
        if ((reason !== 'IN_PROGRESS' && reason !== 'KEY_REUSED') || waitMs === undefined)
          throw new Refusal('PROVIDER_UNAVAILABLE');
        // Another request may have the page, and be about to store it.
        await sleep(waitMs);
        if (reason === 'KEY_REUSED')
          await updatePledgeSetUpLost(
            this.options.db,
            key,
            pledge.setUpNumber,
            setUpExpiry(this.options.clock),
          );
      }
    }
    throw new Refusal('PROVIDER_UNAVAILABLE');
  }

  /** @returns false if the page is not stored: the pledge has another set-up by now, or needs none */
  async #openPage(provider: Provider, key: PledgeKey, pledge: PledgeToSetUp): Promise<boolean> {
    const { db, clock, returnUrl } = this.options;
    const { setUpId, url } = await provider.setUp({
      pledgeKey: pledge.providerKey,
      attempt: pledge.setUpNumber,
      currency: pledge.currency,
      minorUnits: BigInt(pledge.amount),
      returnUrl: returnUrl(pledge.slug),
      description: setUpText(pledge),
    });
    return updatePledgeSetUp(db, key, {
      number: pledge.setUpNumber,
      ref: setUpId,
      url,
      lookAt: clock.now(),
    });
  }
}
