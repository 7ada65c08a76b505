import { articleScope } from '../../articles/article/article-scope.ts';
import { type ArticleFacts, canSeeArticle } from '../../articles/article/article.policy.ts';
import { lockArticle } from '../../articles/article/article.queries.ts';
import { requireVoice, type Viewer } from '../../../platform/auth/viewer.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { EventLog, NewFact } from '../../../platform/events/log.ts';
import { claimIdempotencyKey, nextId } from '../../../platform/idempotency/idempotency.queries.ts';
import {
  lockCampaign,
  type LockedCampaign,
  type MilestoneRow,
  updateMilestoneOpened,
  updateMilestoneReached,
} from '../campaign/campaign.queries.ts';
import { endCampaign } from '../campaign/campaign.service.ts';
import { canSeeCampaign, isOpen, isPerson, mayBack } from '../campaign/funding.policy.ts';
import { pledgeBounds, requireAmount, requireCurrency } from '../money/money.ts';
import {
  insertPledge,
  lockPledge,
  type PaymentMeans,
  type PledgeKey,
  type PledgeRow,
  selectPresentPledge,
  type SetUpToFind,
  updatePledgeActivated,
  updatePledgeRepaired,
  updatePledgesDue,
  updatePledgeSetUpAnew,
  updatePledgeSetUpEnded,
  updatePledgeStatus,
  updatePledgeTerms,
} from '../campaign/pledge.queries.ts';
import { newPseudonym } from './pseudonym.ts';
import type { Provider } from '../../../platform/payments/provider.ts';
import { setUpExpiry, SetUpPages, type SetUpPagesOptions } from './set-up-pages.ts';
import { mayBecome, requireTransition } from '../campaign/transitions.ts';

export interface PledgeCommand {
  readonly articleId: string;
  /** Minor units of the campaign's currency. */
  readonly amount: bigint;
  readonly isNamed: boolean;
  readonly idempotencyKey: string | undefined;
}

export interface ChangePledgeCommand {
  readonly key: PledgeKey;
  /** Undefined: stays as it is. */
  readonly amount: bigint | undefined;
  readonly isNamed: boolean | undefined;
}

export interface PledgeServiceOptions extends SetUpPagesOptions {
  readonly log: EventLog;
  /** Undefined: the service takes no money. */
  readonly provider: Provider | undefined;
}

/** What a new pledge depends on, locked. */
interface LockedForPledge {
  readonly article: ArticleFacts;
  readonly campaign: LockedCampaign;
  /** The account's promise to the open milestone; undefined: it has none. */
  readonly present: PledgeRow | undefined;
  /** The key of the new one. */
  readonly id: string;
}

/** The kinds of events that a change of one pledge appends. */
type OneEvent = NewFact;

/**
 * Commands on pledges. What changes a campaign's totals is one transaction under the lock of the campaign; calls to the
 * provider happen between transactions.
 */
export class PledgeService {
  readonly #options: PledgeServiceOptions;
  readonly #pages: SetUpPages;

  constructor(options: PledgeServiceOptions) {
    this.#options = options;
    this.#pages = new SetUpPages(options);
  }

  /**
   * Makes a pledge, which counts as soon as a means of payment is saved at the provider's page. A pledge of the same
   * account that has none yet is replaced.
   */
  pledge(viewer: Viewer, command: PledgeCommand): Promise<Result<PledgeKey>> {
    return refusable(async () => {
      requireVoice(viewer);
      if (!isPerson(viewer)) {
        const message = 'A service account does not pledge: nobody would pay.';
        throw new Refusal('FORBIDDEN', undefined, message);
      }
      const { articleId, idempotencyKey } = command;
      const { db } = this.#options;
      const provider = this.#requireProvider();
      const key = await db.transactionFor(articleScope(viewer, articleId), async (tx) => {
        // The order is that of the statements. They are sent together, because from the lock on everybody else waits.
        const [{ resultId: id, isFirst }, article, campaign, present] = await Promise.all([
          idempotencyKey === undefined
            ? nextId(tx, 'pledge_id_seq').then((resultId) => ({ resultId, isFirst: true }))
            : claimIdempotencyKey(tx, {
                accountId: viewer.accountId,
                key: idempotencyKey,
                input: ['pledge', articleId, String(command.amount), command.isNamed],
                articleId,
                idSequence: 'pledge_id_seq',
              }),
          lockArticle(tx, articleId),
          lockCampaign(tx, articleId),
          selectPresentPledge(tx, articleId, viewer.accountId),
        ]);
        if (!isFirst) return { articleId, id };
        if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', ['campaignId']);
        if (!campaign || !canSeeCampaign(campaign, article, viewer))
          throw new Refusal('NOT_FOUND', ['campaignId']);
        await this.#insert(tx, viewer, command, { article, campaign, present, id });
        return { articleId, id };
      });
      await this.#pages.open(provider, key);
      return key;
    });
  }

  /** Changes a pledge that is not due; a name can be hidden always. A higher amount may reach the milestone. */
  changePledge(viewer: Viewer, { key, amount, isNamed }: ChangePledgeCommand): Promise<Result<PledgeKey>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      if (isNamed === false && (await this.#hideName(viewer, key, amount))) return key;
      const provider = this.#requireProvider();
      await this.#options.db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const { article, campaign, pledge } = await requireOwnPledge(tx, viewer, key);
        if (campaign.testMode !== provider.testMode) throw new Refusal('FUNDING_OFF', ['pledgeId']);
        if (pledge.status !== 'SETUP' && pledge.status !== 'ACTIVE')
          throw new Refusal('WRONG_STATUS', ['pledgeId'], 'The milestone is reached, or the pledge is over.');
        const terms = {
          amount: amount ?? BigInt(pledge.amount),
          displayName: nameOf(viewer, isNamed ?? pledge.displayName !== null),
        };
        if (terms.amount === BigInt(pledge.amount) && terms.displayName === pledge.displayName) return;
        this.#requireOpen(campaign, article);
        requirePledgeAmount(terms.amount, campaign);
        await updatePledgeTerms(tx, key, terms);
        if (pledge.status === 'ACTIVE')
          await this.#record(tx, campaign, terms.amount - BigInt(pledge.amount), {
            event: { kind: 'PLEDGE_CHANGED', subjectId: key.id },
          });
        // The provider's page names the amount.
        else if (terms.amount !== BigInt(pledge.amount))
          await updatePledgeSetUpAnew(tx, key, setUpExpiry(this.#options.clock));
      });
      await this.#pages.open(provider, key);
      return key;
    });
  }

  /**
   * Hides the name of a backer, whatever the state of the pledge and of its campaign.
   * @returns false if more is to be changed
   */
  #hideName(viewer: Viewer, key: PledgeKey, amount: bigint | undefined): Promise<boolean> {
    return this.#options.db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
      const { pledge } = await requireOwnPledge(tx, viewer, key);
      const present = BigInt(pledge.amount);
      if (pledge.status === 'SETUP' || (amount !== undefined && amount !== present)) return false;
      if (pledge.displayName === null) return true;
      await updatePledgeTerms(tx, key, { amount: present, displayName: null });
      // A withdrawn pledge names nobody: its withdrawal stays the last that is told of it.
      if (pledge.status !== 'WITHDRAWN')
        await this.#options.log.append(tx, {
          articleId: key.articleId,
          kind: 'PLEDGE_CHANGED',
          subjectId: key.id,
        });
      return true;
    });
  }

  /** Withdraws a pledge that is not due. A suspended account may, too: nobody is held to what is not due. */
  withdrawPledge(viewer: Viewer, key: PledgeKey): Promise<Result<PledgeKey>> {
    return refusable(() => {
      return this.#options.db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const { pledge } = await requireOwnPledge(tx, viewer, key);
        if (pledge.status === 'WITHDRAWN') return key;
        if (!mayBecome('pledge', pledge.status, 'WITHDRAWN'))
          throw new Refusal('WRONG_STATUS', ['pledgeId'], 'The milestone is reached, or the pledge is over.');
        await updatePledgeStatus(tx, pledge, 'WITHDRAWN');
        if (pledge.status === 'ACTIVE')
          await this.#options.log.append(tx, {
            articleId: key.articleId,
            kind: 'PLEDGE_WITHDRAWN',
            subjectId: key.id,
            counts: { pledged: -BigInt(pledge.amount), backerCount: -1 },
          });
        return key;
      });
    });
  }

  /** Begins to save another means of payment for a pledge that could not be collected. */
  retryPledge(viewer: Viewer, key: PledgeKey): Promise<Result<PledgeKey>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      const { db } = this.#options;
      const provider = this.#requireProvider();
      await db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const { campaign, pledge } = await requireOwnPledge(tx, viewer, key);
        if (campaign.testMode !== provider.testMode) throw new Refusal('FUNDING_OFF', ['pledgeId']);
        if (pledge.status !== 'ACTION_REQUIRED' && pledge.status !== 'SETUP')
          throw new Refusal('WRONG_STATUS', ['pledgeId'], 'The pledge waits for nothing.');
        // A set-up that is under way goes on: its page may be open.
        if (pledge.setUpDone) await updatePledgeSetUpAnew(tx, key, setUpExpiry(this.#options.clock));
      });
      await this.#pages.open(provider, key);
      return key;
    });
  }

  /**
   * The provider has saved a means of payment: the pledge counts, or is to be collected again. A suspended account makes no
   * pledge, but may repair one that was made. For the worker; repeating it changes nothing.
   */
  async complete(key: SetUpToFind, means: PaymentMeans): Promise<void> {
    const { articleId, setUpNumber, isSuspended } = key;
    await this.#options.db.transaction(async (tx) => {
      const [article, campaign, pledge] = await Promise.all([
        lockArticle(tx, articleId),
        lockCampaign(tx, articleId),
        lockPledge(tx, key),
      ]);
      if (!article || !campaign || !pledge) return;
      if (pledge.setUpNumber !== setUpNumber || pledge.setUpDone) return;
      if (pledge.status === 'ACTION_REQUIRED') return updatePledgeRepaired(tx, key, means);
      if (pledge.status !== 'SETUP') return;
      const open = openMilestone(campaign);
      if (isSuspended || !open || !isOpen(campaign, article, this.#options.clock.now()))
        return updatePledgeStatus(tx, pledge, 'RELEASED');
      // Sent together, in this order.
      await Promise.all([
        updatePledgeActivated(tx, key, open.position, means),
        this.#record(tx, campaign, BigInt(pledge.amount), {
          event: { kind: 'PLEDGE_ADDED', subjectId: key.id },
          isNew: true,
        }),
      ]);
    });
  }

  /** The person did not save a means of payment in time. For the worker. */
  async expire(key: SetUpToFind): Promise<void> {
    await this.#options.db.transaction(async (tx) => {
      await lockCampaign(tx, key.articleId);
      const pledge = await lockPledge(tx, key);
      if (pledge?.setUpNumber !== key.setUpNumber || pledge.setUpDone) return;
      if (pledge.status === 'SETUP') await updatePledgeStatus(tx, pledge, 'RELEASED');
      // With the next `retryPledge` another page is made.
      else if (pledge.status === 'ACTION_REQUIRED') await updatePledgeSetUpEnded(tx, key);
    });
  }

  async #insert(
    tx: Tx,
    viewer: Viewer,
    { articleId, amount, isNamed }: PledgeCommand,
    { article, campaign, present, id }: LockedForPledge,
  ): Promise<void> {
    if (!mayBack(article, viewer))
      throw new Refusal('FORBIDDEN', ['campaignId'], 'Journalists do not pledge to campaigns of their own.');
    if (campaign.testMode !== this.#requireProvider().testMode)
      throw new Refusal('FUNDING_OFF', ['campaignId']);
    const open = this.#requireOpen(campaign, article);
    requirePledgeAmount(amount, campaign);
    if (present?.status === 'ACTIVE') throw new Refusal('ALREADY_PLEDGED', ['campaignId']);
    if (present) await updatePledgeStatus(tx, present, 'RELEASED');
    await insertPledge(tx, {
      articleId,
      id,
      milestone: open.position,
      accountId: viewer.accountId,
      pseudonym: newPseudonym(),
      displayName: nameOf(viewer, isNamed),
      amount,
      lookAt: setUpExpiry(this.#options.clock),
    });
  }

  /**
   * Appends what a change of an active pledge causes: its own event and, where the total crosses the open milestone's
   * goal, the events of the milestone that is reached. A total may cross several goals at once.
   * @param difference what the change adds to the total, in minor units
   */
  async #record(
    tx: Tx,
    campaign: LockedCampaign,
    difference: bigint,
    { event, isNew = false }: { readonly event: OneEvent; readonly isNew?: boolean },
  ): Promise<void> {
    const { articleId } = campaign;
    const pledged = campaign.pledged + difference;
    const reached = campaign.milestones.filter(
      ({ status, goal }) => (status === 'OPEN' || status === 'PLANNED') && BigInt(goal) <= pledged,
    );
    const events: OneEvent[] = [event];
    for (const { position, status } of reached) {
      requireTransition('milestone', status, 'REACHED');
      events.push({ kind: 'MILESTONE_REACHED', subjectId: String(position) });
      await updateMilestoneReached(tx, articleId, position);
    }
    if (reached.length > 0) await this.#openNext(tx, campaign, reached, events);
    const counts = { pledged: difference, backerCount: isNew ? 1 : 0 };
    await this.#options.log.appendAll(tx, articleId, events, counts);
  }

  /** Opens the milestone after those that were reached, or ends the campaign with the last one. */
  async #openNext(
    tx: Tx,
    campaign: LockedCampaign,
    reached: readonly MilestoneRow[],
    events: OneEvent[],
  ): Promise<void> {
    const { articleId } = campaign;
    const first = openMilestone(campaign);
    // All promises were made to the milestone that was open.
    if (first) await updatePledgesDue(tx, articleId, first.position);
    const next = campaign.milestones.find(
      (milestone) => milestone.status === 'PLANNED' && !reached.includes(milestone),
    );
    if (next) return updateMilestoneOpened(tx, articleId, next.position);
    await endCampaign(tx, campaign, 'SUCCEEDED');
    events.push({ kind: 'CAMPAIGN_ENDED' });
  }

  /** @throws Refusal CAMPAIGN_CLOSED */
  #requireOpen(campaign: LockedCampaign, article: ArticleFacts): MilestoneRow {
    const open = openMilestone(campaign);
    if (open && isOpen(campaign, article, this.#options.clock.now())) return open;
    throw new Refusal('CAMPAIGN_CLOSED', ['campaignId']);
  }

  /** @throws Refusal FUNDING_OFF */
  #requireProvider(): Provider {
    const { provider } = this.#options;
    if (!provider) throw new Refusal('FUNDING_OFF');
    return provider;
  }
}

const openMilestone = ({ milestones }: LockedCampaign): MilestoneRow | undefined =>
  milestones.find(({ status }) => status === 'OPEN');

const nameOf = (viewer: Viewer, isNamed: boolean): string | null => (isNamed ? viewer.name : null);

/** @throws Refusal INVALID_INPUT */
function requirePledgeAmount(minorUnits: bigint, campaign: LockedCampaign): void {
  const currency = requireCurrency(campaign.currency, ['campaignId']);
  requireAmount({ minorUnits, currency }, pledgeBounds(currency), ['amount']);
}

/** Locks a pledge of the viewer, with its article and campaign. @throws Refusal NOT_FOUND */
async function requireOwnPledge(
  tx: Tx,
  viewer: Viewer,
  key: PledgeKey,
): Promise<{ article: ArticleFacts; campaign: LockedCampaign; pledge: PledgeRow }> {
  const [article, campaign, pledge] = await Promise.all([
    lockArticle(tx, key.articleId),
    lockCampaign(tx, key.articleId),
    lockPledge(tx, key),
  ]);
  if (!article || !campaign || pledge?.accountId !== viewer.accountId)
    throw new Refusal('NOT_FOUND', ['pledgeId']);
  return { article, campaign, pledge };
}
