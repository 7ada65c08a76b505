import { visibleArticleSql } from '../../articles/article/article.queries.ts';
import { ownRows } from '../../articles/article/own-rows.loader.ts';

/** The viewer's own comments that were taken back and wait for a moderator, under articles that the viewer can see. */
export const ownTakenBack = ownRows<'all'>(
  'ownTakenBack',
  () => '',
  () => (viewer, parameters) =>
    `(SELECT i.article_id, i.comment_id AS id, i.ordinal, i.account_id
  FROM moderation_item i JOIN article a ON a.id = i.article_id
  WHERE i.held = 'REPORTS' AND ${visibleArticleSql('a', viewer, parameters)})`,
);
