import type { Queryable } from '../../../platform/db/database.ts';
import { LogFollower, type LogFollowerOptions } from '../../../platform/feature/log-follower.ts';
import { selectDueArticles } from './tell.queries.ts';
import { maxArticles, type TellService } from './tell.service.ts';

export interface TellJobOptions extends Pick<LogFollowerOptions, 'onAppended' | 'everyMs'> {
  readonly db: Queryable;
  readonly telling: TellService;
}

/** Articles that one look examines: it takes milliseconds, whatever the number of articles. */
const articlesPerLook = 2000;

/** Does the steps of `TellService`. */
export const tellJob = ({ db, telling, ...options }: TellJobOptions): LogFollower =>
  new LogFollower({
    ...options,
    name: 'notifications',
    look: (after) => selectDueArticles(db, after, articlesPerLook),
    step: (articleIds) => telling.tell(articleIds),
    articlesPerStep: maxArticles,
    gatherMs: 50,
  });
