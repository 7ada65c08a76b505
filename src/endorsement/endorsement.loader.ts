import DataLoader from 'dataloader';
import type { LoaderFactory } from '../graphql/context.ts';
import { encodeCursor } from '../graphql/page.ts';
import { type PageLoader, pageLoader } from '../graphql/page-loader.ts';
import { rowLoader } from '../graphql/row-loader.ts';
import {
  type EndorsementKey,
  type EndorsementListName,
  type EndorsementRow,
  selectEndorsementCounts,
  selectEndorsementPages,
  selectEndorsements,
  selectEndorsementsBy,
} from './endorsement.queries.ts';

const keyText = (key: EndorsementKey): string => `${key.articleId}:${key.id}`;

export const endorsementByKey: LoaderFactory<
  DataLoader<EndorsementKey, EndorsementRow | undefined, string>
> = ({ db }) =>
  new DataLoader(
    async (keys) => {
      const byKey = new Map((await selectEndorsements(db, keys)).map((row) => [keyText(row), row]));
      return keys.map((key) => byKey.get(keyText(key)));
    },
    { cacheKeyFn: keyText },
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

const countLoader =
  (featured: boolean): LoaderFactory<DataLoader<string, number>> =>
  ({ db }) =>
    new DataLoader(async (articleIds) => {
      const rows = await selectEndorsementCounts(db, articleIds, featured);
      const counts = new Map(rows.map((row) => [row.articleId, row.count]));
      return articleIds.map((id) => counts.get(id) ?? 0);
    });

export const featuredCountByArticleId = countLoader(true);
export const unfeaturedCountByArticleId = countLoader(false);

const cursorScope = (articleId: string, name: EndorsementListName): string =>
  `endorsements:${articleId}:${name}`;

/** The cursor of a row in a list of endorsements. */
export function endorsementCursor(name: EndorsementListName, row: EndorsementRow): string {
  return encodeCursor(cursorScope(row.articleId, name), [row.ordinal]);
}

/** Pages of an article's endorsements. */
export const endorsementPages: LoaderFactory<PageLoader<string, EndorsementListName, EndorsementRow>> = ({
  db,
}) =>
  pageLoader({
    cursorScope,
    cursorKeys: 1,
    find: (articleIds, name, range) => selectEndorsementPages(db, articleIds, name, range),
  });
