import DataLoader from 'dataloader';
import { type LogPage, type LogPageKey, readLogPages } from '../events/log-page.ts';
import { type LoaderFactory, sameForEverybody } from '../graphql/context.ts';
import { rowLoader } from '../graphql/row-loader.ts';
import {
  type ArticleRow,
  type ArticlePartsRow,
  type ArticleTextRow,
  selectArticles,
  selectArticlesByCanonicalUrl,
  selectArticlesBySlug,
  selectArticleParts,
  selectArticleTexts,
} from './article.queries.ts';
import { waysToWrite } from './canonical-url.ts';

export const articleById: LoaderFactory<DataLoader<string, ArticleRow | undefined>> = sameForEverybody(
  ({ db }) =>
    rowLoader(
      (ids) => selectArticles(db, ids),
      (row) => row.id,
    ),
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

export const partsByArticleId: LoaderFactory<DataLoader<string, ArticlePartsRow | undefined>> = ({ db }) =>
  rowLoader(
    (articleIds) => selectArticleParts(db, articleIds),
    (row) => row.articleId,
  );

/** Articles whose canonical URL may be the given one, the most likely first; keys are absolute URLs. */
export const articlesByCanonicalUrl: LoaderFactory<DataLoader<string, ArticleRow[]>> = ({ db }) =>
  new DataLoader(async (urls) => {
    const ways = urls.map((url) => waysToWrite(new URL(url)));
    const rows = await selectArticlesByCanonicalUrl(db, [...new Set(ways.flat())]);
    const byUrl = new Map(rows.map((row) => [row.canonicalUrl, row]));
    return ways.map((candidates) => candidates.flatMap((url) => byUrl.get(url) ?? []));
  });

/** Pages of articles' event logs. */
export const eventPage: LoaderFactory<DataLoader<LogPageKey, LogPage | undefined, string>> = ({ db }) =>
  new DataLoader<LogPageKey, LogPage | undefined, string>((keys) => readLogPages(db, keys), {
    cacheKeyFn: ({ articleId, after = '', limit }) => `${articleId}:${limit}:${after}`,
  });
