import DataLoader from 'dataloader';
import type { LoaderFactory } from '../graphql/context.ts';
import { encodeCursor } from '../graphql/page.ts';
import { type PageLoader, pageLoader } from '../graphql/page-loader.ts';
import { rowLoader } from '../graphql/row-loader.ts';
import {
  type ArticleListScope,
  type ArticleOrder,
  type ArticleRow,
  type ArticlePartsRow,
  type ArticleTextRow,
  type ListedArticleRow,
  selectArticleCounts,
  selectArticlePages,
  selectArticles,
  selectArticlesBySlug,
  selectArticleParts,
  selectArticleTexts,
  selectTags,
} from './article.queries.ts';

export const articleById: LoaderFactory<DataLoader<string, ArticleRow | undefined>> = ({ db }) =>
  rowLoader(
    (ids) => selectArticles(db, ids),
    (row) => row.id,
  );

export const articleBySlug: LoaderFactory<DataLoader<string, ArticleRow | undefined>> = ({ db }) =>
  rowLoader(
    (slugs) => selectArticlesBySlug(db, slugs),
    (row) => row.slug,
  );

export const textByArticleId: LoaderFactory<DataLoader<string, ArticleTextRow | undefined>> = ({ db }) =>
  rowLoader(
    (articleIds) => selectArticleTexts(db, articleIds),
    (row) => row.articleId,
  );

export const tagById: LoaderFactory<DataLoader<string, { id: string; name: string } | undefined>> = ({
  db,
}) =>
  rowLoader(
    (ids) => selectTags(db, ids),
    (row) => row.id,
  );

export const partsByArticleId: LoaderFactory<DataLoader<string, ArticlePartsRow | undefined>> = ({ db }) =>
  rowLoader(
    (articleIds) => selectArticleParts(db, articleIds),
    (row) => row.articleId,
  );

export const articleCountByJournalistId: LoaderFactory<DataLoader<string, number>> = ({ db }) =>
  new DataLoader(async (journalistIds) => {
    const rows = await selectArticleCounts(db, journalistIds);
    const counts = new Map(rows.map((row) => [row.journalistId, row.articleCount]));
    return journalistIds.map((id) => counts.get(id) ?? 0);
  });

const cursorScope = (scope: ArticleListScope, order: ArticleOrder): string =>
  `articles:${scope.journalistId ?? ''}:${order}`;

/** The cursor of a row in a list of articles. */
export function articleCursor(scope: ArticleListScope, order: ArticleOrder, row: ListedArticleRow): string {
  return encodeCursor(cursorScope(scope, order), [row.publishedMicros, row.id]);
}

type ArticlePageLoader = LoaderFactory<PageLoader<ArticleListScope, ArticleOrder, ListedArticleRow>>;

const pages: ArticlePageLoader = ({ db }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 2,
    find: (scopes, order, range) => selectArticlePages(db, scopes, order, range),
  });

/** Pages of one journalist's published articles. */
export const articlesByJournalistId: ArticlePageLoader = (scope) => pages(scope);

/** Pages of all published articles. */
export const publishedArticles: ArticlePageLoader = (scope) => pages(scope);
