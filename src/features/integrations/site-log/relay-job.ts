import type { Database } from '../../../platform/db/database.ts';
import type { Bus } from '../../../platform/events/bus.ts';
import { LogFollower, type LogFollowerOptions } from '../../../platform/feature/log-follower.ts';
import { selectUnrelayed } from './relay.queries.ts';
import { RelayService } from './relay.service.ts';

/** Name of the job, whoever carries the events. */
export const siteLogJob = 'site log';

export interface RelayOptions extends Pick<LogFollowerOptions, 'onAppended' | 'everyMs'> {
  readonly db: Database;
  readonly bus: Bus;
  /** Called with the age of the oldest event that a step has carried, in seconds. */
  readonly onDelay?: (seconds: number) => void;
}

/** Articles that one look examines: it takes milliseconds, whatever the number of articles. */
const articlesPerLook = 5000;

/** Does the steps of `RelayService` for this process's articles at once, and for all others that it finds. */
export function relayJob({ db, bus, onDelay, ...options }: RelayOptions): LogFollower {
  const service = new RelayService({ db, bus, ...(onDelay && { onDelay }) });
  const looking = db.forNode('site log');
  return new LogFollower({
    ...options,
    name: siteLogJob,
    look: (after) => selectUnrelayed(looking, after, articlesPerLook),
    step: (articleIds) => service.relay(articleIds),
    articlesPerStep: 200,
    gatherMs: 100,
  });
}
