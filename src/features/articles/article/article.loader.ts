import DataLoader from 'dataloader';
import { articleLog } from '../../../platform/events/log.ts';
import { kept, type LoaderFactory } from '../../../platform/graphql/context.ts';
import { logPages } from '../../../platform/graphql/log-pages.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import { withDirections } from '../../../platform/text/html-directions.ts';
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

/** The log tells of every change of a published article's row. */
const rowCoverage = {
  keyText: (key: string) => key,
  isPublic: (row: ArticleRow | undefined) => row?.status === 'PUBLISHED',
  headOf: (row: ArticleRow | undefined) =>
    row?.status === 'PUBLISHED' ? { articleId: row.id, epoch: row.epoch, head: row.sequence } : undefined,
};

export const articleById = kept<string, ArticleRow | undefined>(
  { ...rowCoverage, articleOf: (id) => id },
  ({ db }) =>
    rowLoader(
      (ids) => selectArticles(db, ids),
      (row) => row.id,
    ),
);

export const articleBySlug = kept<string, ArticleRow | undefined>(
  { ...rowCoverage, articleOf: () => undefined },
  ({ db }) =>
    rowLoader(
      (slugs) => selectArticlesBySlug(db, slugs),
      (row) => row.slug,
    ),
);

const partCoverage = {
  keyText: (articleId: string) => articleId,
  articleOf: (articleId: string) => articleId,
  isPublic: (row: object | undefined) => row !== undefined,
};

/** Texts as they are shown. */
export const textByArticleId = kept<string, ArticleTextRow | undefined>(partCoverage, ({ db }) =>
  rowLoader(
    async (articleIds) => {
      const rows = await selectArticleTexts(db, articleIds);
      return rows.map((row) => ({ ...row, bodyHtml: withDirections(row.bodyHtml) }));
    },
    (row) => row.articleId,
  ),
);

export const partsByArticleId = kept<string, ArticlePartsRow | undefined>(partCoverage, ({ db }) =>
  rowLoader(
    (articleIds) => selectArticleParts(db, articleIds),
    (row) => row.articleId,
  ),
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
export const eventPage = logPages(articleLog);
