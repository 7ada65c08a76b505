import type { Queryable } from '../../../platform/db/database.ts';
import { ProviderRefusedError, ProviderUnknownError } from '../../../platform/payments/provider-errors.ts';
import type { Provider } from '../../../platform/payments/provider.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { MoneyRecorder } from './money-recorder.ts';
import {
  type Movement,
  selectPaymentTerms,
  selectPayoutTerms,
  selectRefundTerms,
  type TakenMovement,
} from '../campaign/movement.queries.ts';

/** After this time the provider may have forgotten our key, so that a movement is only looked up. */
const keyLifeMs = 24 * 3_600_000;

/** What a payment is called at the provider while the article is not public. */
const namelessPledge = 'A pledge';

/** The provider's code of a payment that its payer has to authenticate. */
const needsAction = 'authentication_required';

export interface MoneyMoverOptions {
  readonly db: Queryable;
  readonly clock: Clock;
  readonly provider: Provider;
  readonly recorder: MoneyRecorder;
}

/** Makes movements of money at the provider, each from its row, and records what became of them. */
export class MoneyMover {
  constructor(private readonly options: MoneyMoverOptions) {}

  /** Collects a payment, or looks it up. */
  async pay(payment: TakenMovement<'payment'>): Promise<void> {
    const { provider, recorder } = this.options;
    const { providerKey: paymentKey } = payment;
    const { customerRef, paymentMethodRef, currency, title } = await selectPaymentTerms(
      this.options.db,
      payment,
    );
    // An account that was erased leaves none where the payment was made.
    const hasMeans = customerRef !== null && paymentMethodRef !== null;
    if (!hasMeans && payment.providerRef === null)
      throw new Error(`Payment ${payment.id} of article ${payment.articleId} has no means of payment`);
    const state = await this.#made(payment, {
      find: () =>
        provider.findPayment({
          paymentKey,
          paymentRef: payment.providerRef ?? undefined,
          customer: customerRef ?? '',
        }),
      make: () => {
        if (!hasMeans) throw new Error(`Payment ${payment.id} of article ${payment.articleId} is gone`);
        return provider.collect({
          paymentKey,
          currency,
          minorUnits: BigInt(payment.amount),
          customer: customerRef,
          paymentMethod: paymentMethodRef,
          description: title ?? namelessPledge,
        });
      },
    });
    // Nobody is at hand who could authenticate: another means of payment is saved, and collected anew.
    const known =
      state?.status === 'ACTION_REQUIRED'
        ? {
            ...(await provider.cancelPayment({ paymentKey, paymentRef: state.ref })),
            failureCode: needsAction,
          }
        : state;
    if (known) await recorder.recordPayment(payment, known);
    // Their notices may have come before the payment was recorded.
    for (const dispute of known && 'disputes' in known ? known.disputes : [])
      await recorder.recordDispute(dispute);
  }

  /** Gives a payment back, or looks the refund up. */
  async refund(refund: TakenMovement<'refund'>): Promise<void> {
    const { provider, recorder } = this.options;
    const { paymentRef, currency } = await selectRefundTerms(this.options.db, refund);
    const { providerKey: refundKey } = refund;
    const state = await this.#made(refund, {
      find: () => provider.findRefund({ refundKey, refundRef: refund.providerRef ?? undefined, paymentRef }),
      make: () => provider.refund({ refundKey, paymentRef, currency, minorUnits: BigInt(refund.amount) }),
    });
    if (state) await recorder.recordRefund(refund, state);
  }

  /** Pays out, or looks the payout up. */
  async payOut(payout: TakenMovement<'payout'>): Promise<void> {
    const { provider, recorder } = this.options;
    const { currency, destination } = await selectPayoutTerms(this.options.db, payout);
    const { providerKey: payoutKey } = payout;
    const state = await this.#made(payout, {
      find: () => provider.findTransfer({ payoutKey, transferRef: payout.providerRef ?? undefined }),
      make: () => provider.transfer({ payoutKey, destination, currency, minorUnits: BigInt(payout.amount) }),
    });
    if (state) await recorder.recordPayout(payout, state);
  }

  /** Whether the provider may be asked to make a movement: once it has surely not happened, and the key is alive. */
  #mayMake({ submittedAt }: TakenMovement<Movement>): boolean {
    return this.options.clock.now().getTime() - submittedAt.getTime() < keyLifeMs;
  }

  /**
   * Makes a movement at the provider, or looks it up if the provider was asked before.
   * @returns undefined while nothing is known: the next look is due
   */
  async #made<State extends { readonly ref: string }>(
    movement: TakenMovement<Movement>,
    { find, make }: { readonly find: () => Promise<State | undefined>; readonly make: () => Promise<State> },
  ): Promise<State | Failed | undefined> {
    try {
      const found = movement.wasSubmitted ? await find() : undefined;
      if (found) return found;
    } catch (error) {
      // A refused lookup is no failed movement either: it may have happened, and is reported and looked up again.
      if (error instanceof ProviderUnknownError) return undefined;
      throw error;
    }
    if (!this.#mayMake(movement)) return failed('never_submitted');
    if (movement.isStopped) return undefined;
    try {
      return await make();
    } catch (error) {
      if (error instanceof ProviderRefusedError) return failed(error.code);
      if (error instanceof ProviderUnknownError) return undefined;
      throw error;
    }
  }
}

/** A movement that the provider has refused, or never heard of. */
interface Failed {
  readonly ref: undefined;
  readonly status: 'FAILED';
  readonly failureCode: string;
}

const failed = (failureCode: string): Failed => ({ ref: undefined, status: 'FAILED', failureCode });
