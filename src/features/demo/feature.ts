import { ArticleService } from '../articles/writing/article.service.ts';
import { nothingToErase } from '../../platform/feature/erasure.ts';
import { defineFeature } from '../../platform/feature/feature.ts';
import { CampaignService } from '../funding/campaign/campaign.service.ts';
import { PledgeService } from '../funding/pledge/pledge.service.ts';
import { DemoCampaigns } from './demo-campaigns.ts';
import type { CampaignPlan } from './demo-data.ts';

/** The campaigns of the demo. They need the test provider's pages: nothing is ever asked of Stripe, not even in its test mode. */
export const demoFeature = (plans: readonly CampaignPlan[]) =>
  defineFeature({
    name: 'demo',
    migrations: [],
    tables: [],
    resolvers: [],
    types: [],
    nodes: {},
    logs: [],
    events: {},
    counters: {},
    notifications: {},
    idempotency: {},
    errorCodes: {},
    scopes: {},
    texts: {},
    invariants: {},
    pruning: () => [],
    jobs: (parts) => {
      const { db, log, clock, links, payments: provider, paymentPages } = parts;
      if (!provider || !paymentPages) return [];
      const campaigns = new DemoCampaigns({
        db,
        clock,
        articles: new ArticleService(parts),
        campaigns: new CampaignService({ db, log, clock, testMode: provider.testMode }),
        pledges: new PledgeService({
          db,
          log,
          clock,
          provider,
          returnUrl: (slug) => (slug === null ? links.ownPledges() : links.article(slug)),
        }),
        page: paymentPages.handle,
      });
      return plans.map((plan) => campaigns.job(plan));
    },
    routes: () => [],
    served: { pages: {}, parts: {}, texts: {} },
    erasure: () => nothingToErase,
    personalData: [],
  });
