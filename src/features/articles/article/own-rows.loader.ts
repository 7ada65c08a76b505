import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { type OwnRow, type OwnRowsSql, selectOwnCount, selectOwnPage } from './own-rows.queries.ts';

/** A list of the viewer's own rows under articles, such as the viewer's comments. */
export interface OwnRows<Variant> {
  readonly pages: LoaderFactory<PageLoader<string, Variant, OwnRow>>;
  readonly count: LoaderFactory<DataLoader<Variant, number, string>>;
}

/**
 * Creates the loaders of a list. They load only the viewer's own rows, whatever account is requested.
 * @param name the name of the list in its cursors
 * @param variantKey returns equal keys for variants that select the same rows
 */
export function ownRows<Variant>(
  name: string,
  variantKey: (variant: Variant) => string,
  rowsSqlOf: (variant: Variant) => OwnRowsSql,
): OwnRows<Variant> {
  return {
    pages: ({ db, viewer }) =>
      pageLoader({
        cursorScope: (accountId, variant) =>
          [name, accountId, variantKey(variant)].filter((part) => part !== '').join(':'),
        cursorKeys: ['ordinal', 'id'],
        find: (accountIds, variant, range) =>
          Promise.all(
            accountIds.map(async (accountId) =>
              viewer?.accountId === accountId
                ? selectOwnPage(db, viewer, rowsSqlOf(variant), range)
                : { rows: [], behind: false },
            ),
          ),
      }),
    count: ({ db, viewer }) =>
      new DataLoader<Variant, number, string>(
        (variants) =>
          Promise.all(
            variants.map(async (variant) => (viewer ? selectOwnCount(db, viewer, rowsSqlOf(variant)) : 0)),
          ),
        { cacheKeyFn: variantKey },
      ),
  };
}
