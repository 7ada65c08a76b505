import type { ArticleFacts } from '../articles/article/article.policy.ts';
import { lockArticleBy, lockStatementWith } from '../articles/article/article.queries.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { ArticleScreening } from './screening-settings.ts';

/** What the phases need to know before they run: it comes with the lock of an article, for no statement of its own. */
export interface ScreeningFacts extends ArticleScreening {
  /** Revision of the site's settings and words. */
  readonly settingsRevision: number;
}

const revisionSql = '(SELECT s.revision FROM screening_settings s)';

const lockStatement =
  lockStatementWith(`, a.slow_mode_seconds AS "slowModeSeconds", a.max_links AS "maxLinks",
  a.first_comments AS "firstComments", ${revisionSql} AS "settingsRevision"`);

/** As `lockArticle`, with what the phases need. */
export function lockScreenedArticle(
  tx: Tx,
  articleId: string,
): Promise<(ArticleFacts & ScreeningFacts) | undefined> {
  return lockArticleBy<ScreeningFacts>(tx, lockStatement, articleId);
}

/** SQL for what the phases need, as one value; `a` is the article, which the statement locks. */
export const screeningFactsJson = `json_build_object('settingsRevision', ${revisionSql},
         'slowModeSeconds', a.slow_mode_seconds, 'maxLinks', a.max_links, 'firstComments', a.first_comments)`;
