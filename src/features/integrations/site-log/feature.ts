import { Integrations1796110000000 } from '../../../../migrations/1796110000000-integrations.ts';
import { nothingToErase } from '../../../platform/feature/erasure.ts';
import { defineFeature, type Parts, resolver } from '../../../platform/feature/feature.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { relayJob } from './relay-job.ts';
import { relayedElsewhere } from './relayed-elsewhere.ts';
import { SiteArticleEvent, SiteCheckpoint, SiteReset } from './site-event.type.ts';
import { SiteEventEntity, SiteLogEntity, SitePositionEntity } from './site-log.entity.ts';
import { siteLog } from './site-log.ts';
import { SiteArticleEventResolver, SiteLogResolver } from './site-log.resolver.ts';

function jobOf({ config, db, bus, log, measures }: Parts): Job {
  const shared = {
    db,
    onAppended: (listener: (articleId: string) => void) => log.onAppended(listener),
    everyMs: config.siteLogPollMs,
  };
  return config.siteRelay
    ? relayJob({ ...shared, bus, onDelay: measures.countSiteEventDelay })
    : relayedElsewhere(shared);
}

/** The public events of all articles as one log, and its streams. */
export const siteLogFeature = defineFeature({
  name: 'site-log',
  migrations: [Integrations1796110000000],
  tables: [SiteLogEntity, SiteEventEntity, SitePositionEntity],
  resolvers: [
    resolver(SiteLogResolver, ({ events }) => [events]),
    resolver(SiteArticleEventResolver, ({ events }) => [events]),
  ],
  types: [SiteArticleEvent, SiteCheckpoint, SiteReset],
  nodes: {},
  logs: [siteLog],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: {},
  scopes: {},
  texts: {},
  invariants: {},
  pruning: ({ eventRetentionHours: retentionHours }) => [
    { name: 'site events', step: (tx, at) => siteLog.prune(tx, at, { retentionHours }) },
  ],
  jobs: (parts) => [jobOf(parts)],
  // Like the logs of articles, it names rows of other features, and no account.
  routes: () => [],
  served: { pages: {}, parts: {}, texts: {} },
  erasure: () => nothingToErase,
  personalData: [],
});
