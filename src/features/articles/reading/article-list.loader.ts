import type DataLoader from 'dataloader';
import { countLoader } from '../../../platform/graphql/count-loader.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { scopeHash } from '../../../platform/graphql/page.ts';
import {
  type ListCountLoader,
  listCountLoader,
  type PageLoader,
  pageLoader,
} from '../../../platform/graphql/page-loader.ts';
import {
  type ArticleListVariant,
  type ListedArticleRow,
  selectArticleCounts,
  selectArticlePages,
  selectArticleTotals,
} from '../article/article-list.queries.ts';
import { type ArticleExtent, mergedExtent } from '../article/article.queries.ts';

/** Contains a hash of the conditions, so that a cursor is short and valid only for this list in this order. */
const cursorScope = (scope: string | null, { of, order, conditions }: ArticleListVariant): string =>
  `articles:${of}:${scope ?? ''}:${order}:${scopeHash(conditions)}`;

/** Lists that differ only in what they read of each article are read by one statement. */
export const ofAnyExtent = <Variant extends { readonly extent: ArticleExtent }>() => ({
  shapeOf: ({ extent: _, ...list }: Variant): unknown => list,
  merged: (one: Variant, other: Variant): Variant => ({
    ...one,
    extent: mergedExtent(one.extent, other.extent),
  }),
});

/** Pages of the articles of everybody, of a journalist or with a tag. */
export const articlePages: LoaderFactory<PageLoader<string | null, ArticleListVariant, ListedArticleRow>> = ({
  db,
  viewer,
}) =>
  pageLoader({
    cursorScope,
    cursorKeys: ['sortKey', 'id'],
    together: ofAnyExtent<ArticleListVariant>(),
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
