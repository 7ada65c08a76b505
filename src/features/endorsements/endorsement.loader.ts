import DataLoader from 'dataloader';
import { coveredByArticle, kept, type LoaderFactory } from '../../platform/graphql/context.ts';
import { encodeCursor, type Page } from '../../platform/graphql/page.ts';
import { pageCoverage, type PageKey, pageLoader } from '../../platform/graphql/page-loader.ts';
import { rowLoader } from '../../platform/graphql/row-loader.ts';
import {
  type EndorsementKey,
  type EndorsementListName,
  type EndorsementRow,
  type ListedEndorsementRow,
  selectEndorsementCounts,
  selectEndorsementPages,
  selectEndorsements,
  selectEndorsementsBy,
  selectEndorsers,
} from './endorsement.queries.ts';

const keyText = (key: EndorsementKey): string => `${key.articleId}:${key.id}`;

export const endorsementByKey = kept<EndorsementKey, EndorsementRow | undefined>(
  { keyText, articleOf: ({ articleId }) => articleId, isPublic: (row) => row?.listed === true },
  ({ db }) =>
    new DataLoader(
      async (keys) => {
        const byKey = new Map((await selectEndorsements(db, keys)).map((row) => [keyText(row), row]));
        return keys.map((key) => byKey.get(keyText(key)));
      },
      { cacheKeyFn: keyText },
    ),
);

/** The viewer's own endorsement of an article. */
export const viewerEndorsementByArticleId: LoaderFactory<DataLoader<string, EndorsementRow | undefined>> = ({
  db,
  viewer,
}) =>
  rowLoader(
    async (articleIds) => (viewer ? selectEndorsementsBy(db, viewer.accountId, articleIds) : []),
    (row) => row.articleId,
  );

/**
 * The most endorsements of several articles together for which a result is shared; with more, each viewer gets a
 * separate result.
 */
const maxSharedEndorsers = 10_000;

/** Accounts with a live endorsement of an article; undefined if there are too many to list. */
export const endorsersByArticleId: LoaderFactory<DataLoader<string, readonly string[] | undefined>> =
  coveredByArticle(
    ({ db }) =>
      new DataLoader(async (articleIds) => {
        const rows = await selectEndorsers(db, articleIds, maxSharedEndorsers + 1);
        if (rows.length > maxSharedEndorsers) return articleIds.map(() => undefined);
        const byArticle = new Map(articleIds.map((articleId): [string, string[]] => [articleId, []]));
        for (const { articleId, accountId } of rows) byArticle.get(articleId)?.push(accountId);
        return articleIds.map((articleId) => byArticle.get(articleId));
      }),
  );

const countLoader = (featured: boolean) =>
  kept<string, number>(
    { keyText: (articleId) => articleId, articleOf: (articleId) => articleId, isPublic: () => true },
    ({ db }) =>
      new DataLoader(async (articleIds) => {
        const rows = await selectEndorsementCounts(db, articleIds, featured);
        const counts = new Map(rows.map((row) => [row.articleId, row.count]));
        return articleIds.map((id) => counts.get(id) ?? 0);
      }),
  );

export const featuredCountByArticleId = countLoader(true);
export const unfeaturedCountByArticleId = countLoader(false);

const cursorScope = (articleId: string, name: EndorsementListName): string =>
  `endorsements:${articleId}:${name}`;

/** The cursor of an endorsement in a list, for an edge that is shown by itself. */
export function endorsementCursor(name: EndorsementListName, row: EndorsementRow): string {
  return encodeCursor(cursorScope(row.articleId, name), [row.ordinal]);
}

/** Pages of an article's endorsements. */
export const endorsementPages = kept<PageKey<string, EndorsementListName>, Page<ListedEndorsementRow>>(
  pageCoverage((articleId) => articleId),
  ({ db }) =>
    pageLoader({
      cursorScope,
      cursorKeys: ['ordinal'],
      find: (articleIds, name, range) => selectEndorsementPages(db, articleIds, name, range),
    }),
);
