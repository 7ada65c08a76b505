import { visibleArticleSql } from '../articles/article/article.queries.ts';
import { ownRows } from '../articles/article/own-rows.loader.ts';

/** The viewer's own endorsements that are not withdrawn, of articles that the viewer can see. */
export const ownEndorsements = ownRows<'all'>(
  'ownEndorsements',
  () => '',
  () => (viewer, parameters) =>
    `(SELECT e.article_id, e.id, e.ordinal, e.account_id
  FROM endorsement e JOIN article a ON a.id = e.article_id
  WHERE e.withdrawn_at IS NULL AND ${visibleArticleSql('a', viewer, parameters)})`,
);
