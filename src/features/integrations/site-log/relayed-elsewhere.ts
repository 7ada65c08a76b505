import type { Database } from '../../../platform/db/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { type RelayOptions, siteLogJob } from './relay-job.ts';
import { selectBehindOf } from './relay.queries.ts';

/** Most articles that are remembered between two steps; the delay of others is not seen. */
const maxArticles = 1000;

/**
 * The job of a node that leaves its events to the relays of other nodes: shows how long they wait, so that operators see that no relay
 * runs.
 */
export function relayedElsewhere({
  db,
  onAppended,
  everyMs,
}: Pick<RelayOptions, 'onAppended' | 'everyMs'> & { readonly db: Database }): Job {
  /** When the first event came that may not be in the site's log, by article. */
  const since = new Map<string, number>();
  return {
    name: siteLogJob,
    due: undefined,
    everyMs,
    wake: () =>
      onAppended((articleId) => {
        if (since.size < maxArticles && !since.has(articleId)) since.set(articleId, performance.now());
      }),
    backlog: () => {
      const now = performance.now();
      return { waiting: since.size, oldestSeconds: (now - Math.min(now, ...since.values())) / 1000 };
    },
    step: async () => {
      const noted = new Map(since);
      const behind = new Set(await selectBehindOf(db.forNode('site log'), [...noted.keys()]));
      for (const [articleId, at] of noted)
        if (!behind.has(articleId) && since.get(articleId) === at) since.delete(articleId);
      return 'idle';
    },
  };
}
