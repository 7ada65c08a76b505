import {
  lockArticleForChange,
  updateArticlePublished,
} from '../../articles/article/article-write.queries.ts';
import { refreshArticleSearch } from '../../articles/search/article-search.queries.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { EventLog } from '../../../platform/events/log.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { type UnlockKey, updateMilestoneUnlocked } from './campaign.queries.ts';

export interface UnlockServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly clock: Clock;
}

/** Publishes the articles that milestones unlock. */
export class UnlockService {
  constructor(private readonly options: UnlockServiceOptions) {}

  /**
   * Publishes an article whose milestone is reached, in a transaction of its own, so that none holds two articles. An
   * article that was published by hand meanwhile stays as it is.
   */
  async unlock(key: UnlockKey): Promise<void> {
    const { db, log, clock } = this.options;
    const articleId = key.unlockedArticleId;
    await db.transaction(async (tx) => {
      const article = await lockArticleForChange(tx, articleId);
      await updateMilestoneUnlocked(tx, key);
      if (article?.status !== 'DRAFT') return;
      await updateArticlePublished(tx, articleId, { at: clock.now(), precision: 'INSTANT' });
      await refreshArticleSearch(tx, [articleId]);
      await log.append(tx, { articleId, kind: 'ARTICLE_UNLOCKED' });
    });
  }
}
