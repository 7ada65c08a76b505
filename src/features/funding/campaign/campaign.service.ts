import { articleScope } from '../../articles/article/article-scope.ts';
import { lockArticleForChange, type LockedArticleRow } from '../../articles/article/article-write.queries.ts';
import { canSeeArticle } from '../../articles/article/article.policy.ts';
import { selectArticles } from '../../articles/article/article.queries.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, requireAll, type Result } from '../../../platform/errors/errors.ts';
import type { EventLog } from '../../../platform/events/log.ts';
import { claimIdempotencyKey } from '../../../platform/idempotency/idempotency.queries.ts';
import { requireLine, requireText } from '../../../platform/text/rules.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import {
  insertCampaign,
  lockCampaign,
  type LockedCampaign,
  type NewMilestone,
  replaceMilestones,
  updateCampaignEnded,
  updateCampaignLaunched,
  updateCampaignStatus,
  updateCampaignTerms,
  updateMilestoneTexts,
} from './campaign.queries.ts';
import type { CurrencyCode } from '../money/currency.ts';
import { goalBounds, requireAmount, requireCurrency } from '../money/money.ts';
import { canManageCampaign, canMoveMoney, maxDescriptionLength, maxTitleLength } from './funding.policy.ts';
import { updatePayoutsStopped } from './movement.queries.ts';
import { updatePledgesReleased } from './pledge.queries.ts';
import { mayBecome, requireTransition } from './transitions.ts';

/** Longest time for which a campaign runs, in days, so that saved means of payment don't expire. */
const maxDays = 90;
const dayMs = 86_400_000;

/** Most milestones of a campaign. */
export const maxMilestones = 5;

/** A milestone as it is given. */
export interface MilestoneInput {
  readonly title: string;
  readonly description: string;
  readonly goal: bigint;
  readonly unlockedArticleId: string | undefined;
}

export interface CreateCampaignCommand {
  readonly articleId: string;
  readonly currency: string;
  readonly deadline: Date;
  readonly milestones: readonly MilestoneInput[];
  readonly idempotencyKey: string | undefined;
}

/** What stays undefined is not changed. */
export interface UpdateCampaignCommand {
  readonly articleId: string;
  readonly currency: string | undefined;
  readonly deadline: Date | undefined;
  readonly milestones: readonly MilestoneInput[] | undefined;
}

export interface CampaignServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly clock: Clock;
  /** The mode of new campaigns; undefined: the service takes no money. */
  readonly testMode: boolean | undefined;
}

/** Commands on campaigns; each is one transaction, and may be repeated. A change that is public ends with an event. */
export class CampaignService {
  constructor(private readonly options: CampaignServiceOptions) {}

  /** Makes the draft of a campaign for an article. */
  createCampaign(viewer: Viewer, command: CreateCampaignCommand): Promise<Result<string>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      const { articleId, idempotencyKey } = command;
      const [currency, deadline] = requireAll(
        () => requireCurrency(command.currency, ['currency']),
        () => this.#requireDeadline(command.deadline),
      );
      const milestones = requireMilestones(command.milestones, currency);
      return this.#change(viewer, 'articleId', articleId, async (tx) => {
        const testMode = this.#requireMode();
        if (idempotencyKey) {
          const { isFirst } = await claimIdempotencyKey(tx, {
            accountId: viewer.accountId,
            key: idempotencyKey,
            input: ['createCampaign', articleId, currency, deadline, milestones.map(textOf)],
            articleId,
            // A campaign has the key of its article.
            idSequence: undefined,
          });
          if (!isFirst) return;
        }
        const isNew = await insertCampaign(tx, { articleId, testMode, currency, deadline });
        if (!isNew) throw new Refusal('CAMPAIGN_EXISTS', ['articleId']);
        await requireDrafts(tx, viewer, articleId, milestones);
        await replaceMilestones(tx, articleId, milestones);
      });
    });
  }

  /** A draft may be changed wholly; of a campaign that runs, the texts of its milestones. */
  updateCampaign(viewer: Viewer, command: UpdateCampaignCommand): Promise<Result<string>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      const { articleId } = command;
      return this.#change(viewer, 'campaignId', articleId, async (tx, article) => {
        const campaign = await requireCampaign(tx, articleId);
        if (campaign.status === 'DRAFT') await this.#updateDraft(tx, viewer, campaign, command);
        else await this.#updateTexts(tx, campaign, article, command);
      });
    });
  }

  /** Opens a campaign to pledges. */
  launchCampaign(viewer: Viewer, articleId: string): Promise<Result<string>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      return this.#change(viewer, 'campaignId', articleId, async (tx, article) => {
        const campaign = await requireCampaign(tx, articleId);
        if (campaign.status === 'LIVE') return;
        if (campaign.status !== 'DRAFT') throw new Refusal('WRONG_STATUS', ['campaignId']);
        if (this.#requireMode() !== campaign.testMode) throw new Refusal('FUNDING_OFF', ['campaignId']);
        if (article.status !== 'PUBLISHED')
          throw new Refusal('WRONG_STATUS', ['campaignId'], 'Publish the article first: it is the pitch.');
        this.#requireDeadline(campaign.deadline, 'campaignId');
        await updateCampaignLaunched(tx, articleId);
        await this.options.log.append(tx, { articleId, kind: 'CAMPAIGN_UPDATED' });
      });
    });
  }

  /** Ends a campaign before its time: pledges that are not due are released. What is due is still collected. */
  cancelCampaign(viewer: Viewer, articleId: string): Promise<Result<string>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      return this.#change(viewer, 'campaignId', articleId, async (tx) => {
        const campaign = await requireCampaign(tx, articleId);
        if (campaign.status === 'CANCELLED') return;
        if (!mayBecome('campaign', campaign.status, 'CANCELLED'))
          throw new Refusal('WRONG_STATUS', ['campaignId']);
        // Its end would let the money move that the editor has stopped.
        if (campaign.status === 'SUSPENDED' && !canMoveMoney(viewer))
          throw new Refusal(
            'WRONG_STATUS',
            ['campaignId'],
            'An editor has suspended it, and an editor ends it.',
          );
        await endCampaign(tx, campaign, 'CANCELLED');
        if (campaign.launchedAt) await this.options.log.append(tx, { articleId, kind: 'CAMPAIGN_ENDED' });
      });
    });
  }

  /**
   * Stops a campaign from taking pledges and its money from moving, or lets both go on; for editors. Payouts that the provider was not
   * asked for yet fail, so that what they would take can be given back.
   */
  suspendCampaign(viewer: Viewer, articleId: string, isSuspended: boolean): Promise<Result<string>> {
    return refusable(async () => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      return this.#change(viewer, 'campaignId', articleId, async (tx) => {
        if (!canMoveMoney(viewer)) throw new Refusal('FORBIDDEN', ['campaignId']);
        const campaign = await requireCampaign(tx, articleId);
        const status = isSuspended ? 'SUSPENDED' : 'LIVE';
        if (campaign.status === status) return;
        if (campaign.status === 'DRAFT' || !mayBecome('campaign', campaign.status, status))
          throw new Refusal('WRONG_STATUS', ['campaignId']);
        await updateCampaignStatus(tx, articleId, status);
        if (isSuspended) await updatePayoutsStopped(tx, articleId);
        await this.options.log.append(tx, { articleId, kind: 'CAMPAIGN_UPDATED' });
      });
    });
  }

  /** @param field the input that names the article @returns the article's id */
  #change(
    viewer: Viewer,
    field: 'articleId' | 'campaignId',
    articleId: string,
    work: (tx: Tx, article: LockedArticleRow) => Promise<void>,
  ): Promise<string> {
    return this.options.db.transactionFor(articleScope(viewer, articleId), async (tx) => {
      const article = await lockArticleForChange(tx, articleId);
      if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', [field]);
      if (!canManageCampaign(article, viewer)) throw new Refusal('FORBIDDEN', [field]);
      await work(tx, article);
      return articleId;
    });
  }

  async #updateDraft(
    tx: Tx,
    viewer: Viewer,
    campaign: LockedCampaign,
    command: UpdateCampaignCommand,
  ): Promise<void> {
    const { articleId } = campaign;
    const currency = requireCurrency(command.currency ?? campaign.currency, ['currency']);
    const deadline = command.deadline ? this.#requireDeadline(command.deadline) : campaign.deadline;
    const given = command.milestones ?? campaign.milestones.map(inputOf);
    const milestones = requireMilestones(given, currency);
    await updateCampaignTerms(tx, articleId, { currency, deadline });
    await requireDrafts(tx, viewer, articleId, milestones);
    await replaceMilestones(tx, articleId, milestones);
  }

  async #updateTexts(
    tx: Tx,
    campaign: LockedCampaign,
    article: LockedArticleRow,
    { currency, deadline, milestones }: UpdateCampaignCommand,
  ): Promise<void> {
    const { articleId } = campaign;
    if (campaign.status !== 'LIVE' && campaign.status !== 'SUSPENDED')
      throw new Refusal('WRONG_STATUS', ['campaignId']);
    const isSame = (a: MilestoneInput, index: number): boolean => {
      const present = campaign.milestones[index];
      return (
        present !== undefined &&
        a.goal === BigInt(present.goal) &&
        (a.unlockedArticleId ?? null) === present.unlockedArticleId
      );
    };
    const keepsTerms =
      (currency === undefined || currency === campaign.currency) &&
      (deadline === undefined || deadline.getTime() === campaign.deadline.getTime()) &&
      (milestones === undefined ||
        (milestones.length === campaign.milestones.length && milestones.every(isSame)));
    if (!keepsTerms)
      throw new Refusal(
        'WRONG_STATUS',
        ['campaignId'],
        'A campaign that was launched keeps its currency, deadline, goals and what they unlock.',
      );
    if (!milestones) return;
    const texts = requireMilestones(milestones, requireCurrency(campaign.currency, ['currency']));
    const isChanged = texts.some(({ title, description }, index) => {
      const present = campaign.milestones[index];
      return title !== present?.title || description !== present.description;
    });
    if (!isChanged) return;
    await updateMilestoneTexts(tx, articleId, texts);
    if (article.status === 'PUBLISHED')
      await this.options.log.append(tx, { articleId, kind: 'CAMPAIGN_UPDATED' });
  }

  /** @throws Refusal FUNDING_OFF */
  #requireMode(): boolean {
    const { testMode } = this.options;
    if (testMode === undefined) throw new Refusal('FUNDING_OFF');
    return testMode;
  }

  #requireDeadline(deadline: Date, field = 'deadline'): Date {
    const ms = deadline.getTime() - this.options.clock.now().getTime();
    if (ms > 0 && ms <= maxDays * dayMs) return deadline;
    throw new Refusal(
      'INVALID_INPUT',
      [field],
      `The deadline lies in the future, at most ${maxDays} days from now.`,
    );
  }
}

/** @throws Refusal NOT_FOUND */
async function requireCampaign(tx: Tx, articleId: string): Promise<LockedCampaign> {
  const campaign = await lockCampaign(tx, articleId);
  if (!campaign) throw new Refusal('NOT_FOUND', ['campaignId']);
  return campaign;
}

/** Ends a locked campaign, and releases every pledge that is not due. The caller appends the event. */
export async function endCampaign(
  tx: Tx,
  { articleId, status }: LockedCampaign,
  end: 'ENDED' | 'CANCELLED' | 'SUCCEEDED',
): Promise<void> {
  requireTransition('campaign', status, end);
  await Promise.all([updateCampaignEnded(tx, articleId, end), updatePledgesReleased(tx, articleId)]);
}

const inputOf = ({
  title,
  description,
  goal,
  unlockedArticleId,
}: LockedCampaign['milestones'][number]): MilestoneInput => ({
  title,
  description,
  goal: BigInt(goal),
  unlockedArticleId: unlockedArticleId ?? undefined,
});

const textOf = ({ title, description, goal, unlockedArticleId }: NewMilestone) => [
  title,
  description,
  String(goal),
  unlockedArticleId,
];

/** @throws Refusal with all faults of the milestones */
function requireMilestones(given: readonly MilestoneInput[], currency: CurrencyCode): NewMilestone[] {
  if (given.length < 1 || given.length > maxMilestones)
    throw new Refusal('INVALID_INPUT', ['milestones'], `A campaign has 1 to ${maxMilestones} milestones.`);
  return given.map(({ title, description, goal, unlockedArticleId }, index) => {
    const at = (field: string) => `milestones.${index}.${field}`;
    const [checkedTitle, checkedDescription, checkedGoal] = requireAll(
      () => requireLine(title, { field: at('title'), max: maxTitleLength }),
      () => requireText(description, { field: at('description'), max: maxDescriptionLength }),
      () => requireAmount({ minorUnits: goal, currency }, goalBounds(currency), [at('goal')]),
    );
    const before = given[index - 1];
    if (before && goal <= before.goal)
      throw new Refusal('INVALID_INPUT', [at('goal')], 'Goals are cumulative: each is above the one before.');
    return {
      title: checkedTitle,
      description: checkedDescription,
      goal: checkedGoal.minorUnits,
      unlockedArticleId: unlockedArticleId ?? null,
    };
  });
}

/** Articles that milestones unlock are drafts that the viewer may edit, each for one milestone. */
async function requireDrafts(
  tx: Tx,
  viewer: Viewer,
  pitchId: string,
  milestones: readonly NewMilestone[],
): Promise<void> {
  const ids = milestones.flatMap(({ unlockedArticleId }) => unlockedArticleId ?? []);
  if (ids.length === 0) return;
  // Not locked: a transaction holds one article. The worker looks again before it publishes.
  const articles = new Map((await selectArticles(tx, ids)).map((article) => [article.id, article]));
  const seen = new Set<string>([pitchId]);
  for (const [index, { unlockedArticleId: id }] of milestones.entries()) {
    if (id === null) continue;
    const field = [`milestones.${index}.unlockedArticleId`];
    if (seen.has(id))
      throw new Refusal('INVALID_INPUT', field, 'Each milestone unlocks an article of its own.');
    seen.add(id);
    const article = articles.get(id);
    if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', field);
    if (!canManageCampaign(article, viewer)) throw new Refusal('FORBIDDEN', field);
    if (article.status !== 'DRAFT')
      throw new Refusal('WRONG_STATUS', field, 'Only a draft can be unlocked by a milestone.');
  }
}
