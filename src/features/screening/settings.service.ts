import { articleScope } from '../articles/article/article-scope.ts';
import { canSeeArticle, canSetCommentPolicy } from '../articles/article/article.policy.ts';
import { lockArticleForChange } from '../articles/article/article-write.queries.ts';
import { hasRole, refusalToModerate, type Viewer } from '../../platform/auth/viewer.ts';
import type { Database } from '../../platform/db/database.ts';
import { Refusal, refusable, requireAll, type Result } from '../../platform/errors/errors.ts';
import type { EventLog } from '../../platform/events/log.ts';
import { actorOf, type ModerationLog } from '../../platform/screening/moderation-log.ts';
import type { ArticleScreening } from './screening-settings.ts';
import type { SettingsRow } from './screening.queries.ts';
import { changedSettings, differences, requireBounded, type SettingsChange } from './settings-change.ts';
import {
  lockSettings,
  selectArticleScreening,
  updateArticleScreening,
  updateSettings,
} from './settings-write.queries.ts';

/** New values of an article; undefined: it stays as it is; null: the article does as the site. */
export type ArticleScreeningChange = {
  readonly [Name in keyof ArticleScreening]?: number | null | undefined;
};

interface SettingsServiceOptions {
  readonly db: Database;
  readonly log: EventLog;
  readonly moderationLog: ModerationLog;
}

/** Why a viewer may not change what the site asks of all comments, as editors and administrators may; undefined: they may. */
function refusalToSet(viewer: Viewer): 'FORBIDDEN' | 'ACCOUNT_SUSPENDED' | undefined {
  if (!hasRole(viewer, 'EDITOR', 'ADMINISTRATOR')) return 'FORBIDDEN';
  return refusalToModerate(viewer);
}

/** Settings of the site and of articles. Each command is one transaction, and leaves an event in the log of moderation. */
export class SettingsService {
  constructor(private readonly options: SettingsServiceOptions) {}

  /** Changes some settings of the site. Of two changes at once, each leaves alone what it does not name. */
  setSettings(viewer: Viewer, change: SettingsChange): Promise<Result<SettingsRow>> {
    return refusable(() => {
      const refusal = refusalToSet(viewer);
      if (refusal) throw new Refusal(refusal);
      const scope = { viewer, subject: 'screening settings' };
      return this.options.db.transactionFor(scope, async (tx) => {
        const { revision, ...before } = await lockSettings(tx);
        const after = changedSettings(before, change);
        const detail = differences(before, after);
        if (Object.keys(detail).length === 0) return { revision, ...before };
        await updateSettings(tx, after);
        await this.options.moderationLog.appendLast(tx, [
          { kind: 'SETTINGS_CHANGED', actor: actorOf(viewer), detail },
        ]);
        return { revision: revision + 1, ...after };
      });
    });
  }

  /** Changes what an article asks instead of the site. @returns the article's id */
  setArticle(viewer: Viewer, articleId: string, change: ArticleScreeningChange): Promise<Result<string>> {
    return refusable(() =>
      this.options.db.transactionFor(articleScope(viewer, articleId), async (tx) => {
        const article = await lockArticleForChange(tx, articleId);
        if (!article || !canSeeArticle(article, viewer)) throw new Refusal('NOT_FOUND', ['articleId']);
        if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
        if (!canSetCommentPolicy(article, viewer)) throw new Refusal('FORBIDDEN', ['articleId']);
        // A separate statement, which sees what was written while the lock was waited for.
        const [row] = await selectArticleScreening(tx, [articleId]);
        if (!row) throw new Error('A locked article vanished');
        const { articleId: _, ...before } = row;
        const after = changedArticle(before, change);
        const detail = differences(before, after);
        if (Object.keys(detail).length === 0) return articleId;
        await updateArticleScreening(tx, articleId, after);
        await this.options.moderationLog.append(tx, [
          { kind: 'SETTINGS_CHANGED', actor: actorOf(viewer), articleId, detail },
        ]);
        // Everybody sees the slow mode; an article that is not published has no public history.
        if ('slowModeSeconds' in detail && article.status === 'PUBLISHED')
          await this.options.log.append(tx, { articleId, kind: 'COMMENT_POLICY_CHANGED' });
        return articleId;
      }),
    );
  }
}

function changedArticle(before: ArticleScreening, change: ArticleScreeningChange): ArticleScreening {
  const bounded = (name: keyof ArticleScreening) => (): number | null => {
    const value = change[name];
    if (value === undefined) return before[name];
    return value === null ? null : requireBounded(name, value);
  };
  const [slowModeSeconds, maxLinks, firstComments] = requireAll(
    bounded('slowModeSeconds'),
    bounded('maxLinks'),
    bounded('firstComments'),
  );
  return { slowModeSeconds, maxLinks, firstComments };
}
