import { nothingToErase } from '../../../platform/feature/erasure.ts';
import { defineFeature, type Parts, resolver } from '../../../platform/feature/feature.ts';
import type { LogFollower } from '../../../platform/feature/log-follower.ts';
import { createRelay } from './relay.ts';
import { SiteLogDelay } from './site-log-delay.ts';
import { SiteArticleEvent, SiteCheckpoint, SiteReset } from './site-event.type.ts';
import { SiteEventEntity, SiteLogEntity, SitePositionEntity } from './site-log.entity.ts';
import { siteLog } from './site-log.ts';
import { SiteArticleEventResolver, SiteLogResolver } from './site-log.resolver.ts';

const relayOf = ({ config, db, bus, log, measures, warn }: Parts): LogFollower =>
  createRelay({
    db,
    bus,
    onAppended: (listener) => log.onAppended(listener),
    intervalMs: config.siteLogPollMs,
    onDelay: measures.countSiteEventDelay,
    onError: (error) => warn(error, 'events could not be carried into the site’s log; it is tried again'),
  });

function delayOf({ db, log, measures }: Parts): SiteLogDelay {
  const delay = new SiteLogDelay({ db, onAppended: (listener) => log.onAppended(listener) });
  measures.showGreatest(
    'site_log_behind_seconds',
    'Age of the oldest event that waits for the site’s log, among those of this process',
    () => delay.read(),
  );
  return delay;
}

/** The public events of all articles as one log, and its streams. */
export const siteLogFeature = defineFeature({
  name: 'site-log',
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
  pruning: ({ eventRetentionHours: retentionHours }) => [
    { name: 'site events', step: (tx, at) => siteLog.prune(tx, at, { retentionHours }) },
  ],
  background: (parts) => [delayOf(parts), ...(parts.config.siteRelay ? [relayOf(parts)] : [])],
  // Like the logs of articles, it names rows of other features, and no account.
  routes: () => [],
  erasure: () => nothingToErase,
  personalData: [],
});
