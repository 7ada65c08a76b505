import type DataLoader from 'dataloader';
import { countLoader } from '../graphql/count-loader.ts';
import type { LoaderFactory } from '../graphql/context.ts';
import { encodeCursor, scopeHash } from '../graphql/page.ts';
import {
  type ListCountLoader,
  listCountLoader,
  type PageLoader,
  pageLoader,
} from '../graphql/page-loader.ts';
import {
  type ArticleListVariant,
  type ListedArticleRow,
  selectArticleCounts,
  selectArticlePages,
  selectArticleTotals,
} from './article-list.queries.ts';

/** Contains a hash of the conditions, so that a cursor is short and valid only for this list in this order. */
const cursorScope = (scope: string | null, { of, order, conditions }: ArticleListVariant): string =>
  `articles:${of}:${scope ?? ''}:${order}:${scopeHash(conditions)}`;

/** The cursors of the rows in one list of articles. */
export function articleCursors(
  scope: string | null,
  variant: ArticleListVariant,
): (row: ListedArticleRow) => string {
  const listScope = cursorScope(scope, variant);
  return ({ sortKey, id }) => encodeCursor(listScope, [sortKey, id]);
}

/** Pages of the articles of everybody, of a journalist or with a tag. */
export const articlePages: LoaderFactory<PageLoader<string | null, ArticleListVariant, ListedArticleRow>> = ({
  db,
  viewer,
}) =>
  pageLoader({
    cursorScope,
    cursorKeys: 2,
    find: (scopes, variant, range) => selectArticlePages(db, viewer, scopes, variant, range),
  });

/** Lengths of these lists; the order makes no difference. */
export const articleTotals: LoaderFactory<
  ListCountLoader<string | null, Pick<ArticleListVariant, 'of' | 'conditions'>>
> = ({ db, viewer }) =>
  listCountLoader((scopes, variant) => selectArticleTotals(db, viewer, scopes, variant));

/** Number of published articles of a journalist. */
export const articleCountByJournalistId: LoaderFactory<DataLoader<string, number>> = ({ db }) =>
  countLoader((ids) => selectArticleCounts(db, ids));
