import { ArticleService } from '../articles/writing/article.service.ts';
import { nothingToErase } from '../../platform/feature/erasure.ts';
import { defineFeature } from '../../platform/feature/feature.ts';
import { CampaignService } from '../funding/campaign/campaign.service.ts';
import { PledgeService } from '../funding/pledge/pledge.service.ts';
import { testProviderPage } from '../funding/test-provider/page.ts';
import { DemoCampaigns } from './demo-campaigns.ts';
import type { CampaignPlan } from './demo-data.ts';

/** The campaigns of the demo. They need the test provider: nothing is ever asked of Stripe, not even in its test mode. */
export const demoFeature = (plans: readonly CampaignPlan[]) =>
  defineFeature({
    name: 'demo',
    tables: [],
    resolvers: [],
    types: [],
    nodes: {},
    logs: [],
    events: {},
    counters: {},
    notifications: {},
    pruning: () => [],
    jobs: (parts) => {
      const { config, db, log, clock, links, payments: provider } = parts;
      if (config.fundingProvider !== 'test' || !provider) return [];
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
        // No notices are sent: the job is told directly.
        page: testProviderPage({ database: () => Promise.resolve(db), clock, onEvents: () => undefined }),
      });
      return plans.map((plan) => campaigns.job(plan));
    },
    routes: () => [],
    erasure: () => nothingToErase,
    personalData: [],
  });
