import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { ArticleService } from '../articles/writing/article.service.ts';
import type { Viewer } from '../../platform/auth/viewer.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Result } from '../../platform/errors/errors.ts';
import type { Job } from '../../platform/jobs/job.ts';
import type { PaymentPages } from '../../platform/payments/payment-pages.ts';
import type { CampaignService } from '../funding/campaign/campaign.service.ts';
import { type PledgeRow, selectPledgesBy } from '../funding/campaign/pledge.queries.ts';
import type { PledgeService } from '../funding/pledge/pledge.service.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Backer, CampaignPlan, Draft } from './demo-data.ts';
import {
  type CampaignState,
  countUnsaved,
  selectCampaignState,
  actAs,
  selectPitchOfDemo,
} from './demo-campaigns.queries.ts';

/** Time between two looks whether a group's pledges count. */
const lookMs = 200;

export interface DemoCampaignsOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly articles: ArticleService;
  readonly campaigns: CampaignService;
  readonly pledges: PledgeService;
  /** The test provider's page, where the demo's backers save their means of payment. */
  readonly page: PaymentPages['handle'];
}

/** A campaign that is carried out: its pitch, and the journalist who leads it. */
interface Pitch {
  readonly plan: CampaignPlan;
  readonly articleId: string;
  readonly journalist: Viewer;
}

/**
 * Makes the campaigns of the demo and lets its people back them, in test mode, by the same services as everybody's: so
 * the books are right, and what is public arrives as events. Each step looks first at what is there, and carries a key of
 * its own, so that a start after a crash goes on where the last one ended, and two nodes do nothing twice. A campaign with
 * other milestones than the plan's is somebody's own, and is left alone.
 */
export class DemoCampaigns {
  /** Aborted when the service stops. */
  #signal = new AbortController().signal;

  constructor(private readonly options: DemoCampaignsOptions) {}

  /** The job that carries out a plan, once. */
  job(plan: CampaignPlan): Job {
    return {
      name: `demo: ${plan.article}`,
      due: undefined,
      everyMs: Infinity,
      step: async (signal) => {
        this.#signal = signal;
        await this.#carryOut(plan);
        return 'idle';
      },
    };
  }

  async #carryOut(plan: CampaignPlan): Promise<void> {
    const { db } = this.options;
    const found = await selectPitchOfDemo(db, plan.article);
    const journalist = found?.email == null ? undefined : await actAs(db, found.email);
    if (!found || !journalist) return;
    const pitch = { plan, articleId: found.articleId, journalist };
    const launchedAt = await this.#launch(pitch);
    if (!launchedAt) return;
    for (const group of plan.backers) {
      for (const backer of group) await this.#back(pitch, backer);
      await this.#untilSaved(pitch, group);
    }
    for (const { afterSeconds, ...backer } of plan.arrivals) {
      await this.#pause(launchedAt.getTime() + afterSeconds * 1000 - Date.now());
      await this.#back(pitch, backer);
    }
  }

  /** @returns when the campaign was launched; undefined if it is over, or is not of the demo */
  async #launch(pitch: Pitch): Promise<Date | undefined> {
    const { campaigns, clock } = this.options;
    const { plan, articleId, journalist } = pitch;
    const state = (await this.#stateOf(pitch)) ?? (await this.#create(pitch));
    const isOurs =
      state.milestones.length === plan.milestones.length &&
      state.milestones.every(({ title }, index) => title === plan.milestones[index]?.title);
    if (!isOurs || this.#isStopped) return undefined;
    if (state.status === 'LIVE') return state.launchedAt ?? undefined;
    if (state.status !== 'DRAFT') return undefined;
    // The service was ended before it could launch the campaign.
    if (state.deadline <= clock.now())
      valueOf(
        await campaigns.updateCampaign(journalist, {
          articleId,
          currency: undefined,
          deadline: this.#deadlineOf(plan),
          milestones: undefined,
        }),
      );
    valueOf(await campaigns.launchCampaign(journalist, articleId));
    return (await this.#stateOf(pitch))?.launchedAt ?? undefined;
  }

  async #create(pitch: Pitch): Promise<CampaignState> {
    const { plan, articleId, journalist } = pitch;
    const milestones = [];
    for (const { unlocks, ...milestone } of plan.milestones)
      milestones.push({
        ...milestone,
        unlockedArticleId: unlocks && (await this.#draft(journalist, unlocks)),
      });
    const created = await this.options.campaigns.createCampaign(journalist, {
      articleId,
      currency: plan.currency,
      deadline: this.#deadlineOf(plan),
      milestones,
      idempotencyKey: keyOf('campaign', plan.article),
    });
    // Another node may have been faster.
    const state = await this.#stateOf(pitch);
    if (!state) throw new Error(`The campaign was not made: ${JSON.stringify(created)}`);
    return state;
  }

  async #draft(journalist: Viewer, draft: Draft): Promise<string> {
    // The key is forgotten after some time.
    const present = await selectPitchOfDemo(this.options.db, draft.slug);
    if (present) return present.articleId;
    const created = await this.options.articles.createArticle(journalist, {
      article: { ...draft, canonicalUrl: undefined, signatures: [] },
      journalistId: undefined,
      commentPolicy: 'OPEN',
      idempotencyKey: keyOf('draft', draft.slug),
    });
    return valueOf(created);
  }

  /** Makes a pledge and saves a means of payment for it, as far as that has not happened. */
  async #back({ plan, articleId }: Pitch, { email, amount, named }: Backer): Promise<void> {
    const { db, pledges, page } = this.options;
    const viewer = this.#isStopped ? undefined : await actAs(db, email);
    if (!viewer) return;
    const present = async (): Promise<PledgeRow | undefined> =>
      (await selectPledgesBy(db, viewer.accountId, [articleId]))[0];
    let pledge = await present();
    if (!pledge || (pledge.status === 'SETUP' && pledge.setUpUrl === null)) {
      const made = await pledges.pledge(viewer, {
        articleId,
        amount,
        isNamed: named,
        idempotencyKey: keyOf('pledge', plan.article, email),
      });
      // The campaign may have ended meanwhile, and an account may have been suspended.
      if (!made.ok && !isUnavailable(made)) return;
      valueOf(made);
      pledge = await present();
    }
    if (pledge?.status !== 'SETUP' || pledge.setUpUrl === null) return;
    await page('POST', new URL(pledge.setUpUrl).pathname, 'outcome=succeeds');
  }

  /** Waits until all pledges of a group count, so that those of the next one are to the milestone that is open then. */
  async #untilSaved({ articleId }: Pitch, group: readonly Backer[]): Promise<void> {
    const emails = group.map(({ email }) => email);
    while (!this.#isStopped && (await countUnsaved(this.options.db, articleId, emails)) > 0)
      await this.#pause(lookMs);
  }

  #stateOf({ articleId }: Pitch): Promise<CampaignState | undefined> {
    return selectCampaignState(this.options.db, articleId);
  }

  #deadlineOf({ runsFor }: CampaignPlan): Date {
    const seconds = 'days' in runsFor ? runsFor.days * 86_400 : runsFor.seconds;
    return new Date(this.options.clock.now().getTime() + seconds * 1000);
  }

  get #isStopped(): boolean {
    return this.#signal.aborted;
  }

  /** Resolves early when the service stops. */
  async #pause(ms: number): Promise<void> {
    const signal = this.#signal;
    await wait(Math.max(0, ms), undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** The idempotency key of a step: the same at each start. */
function keyOf(...step: readonly string[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(['demo', ...step]))
    .digest('hex');
  return digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}

const isUnavailable = (result: Result<unknown>): boolean =>
  !result.ok && result.userErrors.some(({ code }) => code === 'PROVIDER_UNAVAILABLE');

/** @throws Error if the command was refused */
function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const reasons = result.userErrors.map(({ code, message }) => `${code}: ${message}`);
  throw new Error(`A step of the demo was refused. ${reasons.join(' ')}`);
}
