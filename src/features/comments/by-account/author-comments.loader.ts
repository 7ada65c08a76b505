import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import {
  type AuthorCommentRow,
  selectAuthorCommentPages,
  selectListingAccounts,
} from './author-comments.queries.ts';

/** Pages of accounts' public comments. They lie under many articles: no head covers them. */
export const authorCommentPages: LoaderFactory<PageLoader<string, null, AuthorCommentRow>> = ({ db }) =>
  pageLoader({
    cursorScope: (accountId) => `authorComments:${accountId}`,
    cursorKeys: ['ordinal', 'id'],
    find: (accountIds, _, range) => selectAuthorCommentPages(db, accountIds, range),
  });

/** Whether accounts have their comments listed. */
export const listsComments: LoaderFactory<DataLoader<string, boolean>> = ({ db }) =>
  new DataLoader(async (accountIds) => {
    const listing = new Set((await selectListingAccounts(db, accountIds)).map(({ id }) => id));
    return accountIds.map((id) => listing.has(id));
  });
