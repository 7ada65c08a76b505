import type { Proofs } from '../../people/credentials/proof.service.ts';
import { articleScope } from '../../articles/article/article-scope.ts';
import { type ArticleFacts, canSeeArticle } from '../../articles/article/article.policy.ts';
import { lockArticle } from '../../articles/article/article.queries.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import { claimIdempotencyKey, nextId } from '../../../platform/idempotency/idempotency.queries.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { lockCampaign, type LockedCampaign } from '../campaign/campaign.queries.ts';
import { canMoveMoney } from '../campaign/funding.policy.ts';
import { requireCurrency, requireStep } from '../money/money.ts';
import { selectAvailable, selectRefundable } from '../campaign/funds.queries.ts';
import {
  hasRefund,
  insertPayout,
  insertRefund,
  lockLivePayment,
  type MovementKey,
} from '../campaign/movement.queries.ts';
import { lockPledge, type PledgeKey } from '../campaign/pledge.queries.ts';

export interface PayOutCommand {
  readonly articleId: string;
  /** Minor units of the campaign's currency. */
  readonly amount: bigint;
  /** The receiving account at the provider. */
  readonly destination: string;
  readonly idempotencyKey: string | undefined;
}

export interface MoneyServiceOptions {
  readonly db: Database;
  readonly proofs: Proofs;
  readonly clock: Clock;
  /** The mode in which money moves; undefined: the service moves none. */
  readonly testMode: boolean | undefined;
}

/** Ids of accounts at the provider. */
const destinationPattern = /^acct_[A-Za-z0-9_]{1,60}$/;

/** Commands of editors that move money. Each makes a row; the worker carries it out. */
export class MoneyService {
  constructor(private readonly options: MoneyServiceOptions) {}

  /**
   * Gives a collected pledge back, whole: the provider keeps its fee, which the site bears. Refused where other payments do not
   * leave as much as was paid out.
   */
  refundPledge(viewer: Viewer, key: PledgeKey): Promise<Result<PledgeKey>> {
    return refusable(() =>
      this.#change(viewer, key.articleId, 'pledgeId', async (tx) => {
        const pledge = await lockPledge(tx, key);
        if (!pledge) throw new Refusal('NOT_FOUND', ['pledgeId']);
        if (pledge.status === 'REFUNDED') return key;
        const payment = await lockLivePayment(tx, key);
        if (pledge.status !== 'COLLECTED' || payment?.status !== 'SUCCEEDED')
          throw new Refusal('WRONG_STATUS', ['pledgeId'], 'Only what was collected can be given back.');
        if (await hasRefund(tx, payment)) return key;
        if ((await selectRefundable(tx, [key])).length === 0)
          throw new Refusal(
            'INSUFFICIENT_FUNDS',
            ['pledgeId'],
            'Too much of the campaign’s money was paid out.',
          );
        await insertRefund(tx, payment, this.options.clock.now());
        return key;
      }),
    );
  }

  /** Pays money of a campaign out. @returns the key of the payout */
  payOut(viewer: Viewer, command: PayOutCommand): Promise<Result<MovementKey>> {
    return refusable(() =>
      this.#change(viewer, command.articleId, 'campaignId', async (tx, campaign) => {
        await this.options.proofs.lock(tx, viewer);
        const { articleId, amount, destination, idempotencyKey } = command;
        if (!destinationPattern.test(destination))
          throw new Refusal('INVALID_INPUT', ['destination'], 'It is no account of the provider (acct_…).');
        if (amount <= 0n) throw new Refusal('INVALID_INPUT', ['amount'], 'The amount is above zero.');
        requireStep({ minorUnits: amount, currency: requireCurrency(campaign.currency, ['campaignId']) }, [
          'amount',
        ]);
        const { resultId: id, isFirst } = idempotencyKey
          ? await claimIdempotencyKey(tx, {
              accountId: viewer.accountId,
              key: idempotencyKey,
              input: ['payOut', articleId, String(amount), destination],
              articleId,
              idSequence: 'payout_id_seq',
            })
          : { resultId: await nextId(tx, 'payout_id_seq'), isFirst: true };
        if (!isFirst) return { articleId, id };
        if (campaign.status === 'SUSPENDED')
          throw new Refusal('WRONG_STATUS', ['campaignId'], 'The campaign is suspended.');
        const available = (await selectAvailable(tx, [articleId])).get(articleId) ?? 0n;
        if (available < amount) throw new Refusal('INSUFFICIENT_FUNDS', ['amount']);
        const lookAt = this.options.clock.now();
        await insertPayout(tx, { articleId, id, amount, destination, lookAt });
        return { articleId, id };
      }),
    );
  }

  #change<T>(
    viewer: Viewer,
    articleId: string,
    field: string,
    work: (tx: Tx, campaign: LockedCampaign) => Promise<T>,
  ): Promise<T> {
    if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
    return this.options.db.transactionFor(articleScope(viewer, articleId), async (tx) => {
      const article: ArticleFacts | undefined = await lockArticle(tx, articleId);
      if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', [field]);
      if (!canMoveMoney(viewer)) throw new Refusal('FORBIDDEN', [field]);
      const campaign = await lockCampaign(tx, articleId);
      if (!campaign) throw new Refusal('NOT_FOUND', [field]);
      if (campaign.testMode !== this.options.testMode) throw new Refusal('FUNDING_OFF', [field]);
      return work(tx, campaign);
    });
  }
}
