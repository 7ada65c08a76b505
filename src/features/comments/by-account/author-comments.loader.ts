import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { encodeCursor } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import {
  type AuthorCommentRow,
  selectAuthorCommentPages,
  selectListingAccounts,
} from './author-comments.queries.ts';

const cursorScope = (accountId: string): string => `authorComments:${accountId}`;

/** The cursor of a row in the list of an account's public comments. */
export const authorCommentCursor = (accountId: string, { ordinal, id }: AuthorCommentRow): string =>
  encodeCursor(cursorScope(accountId), [ordinal, id]);

/** Pages of accounts' public comments. They lie under many articles: no head covers them. */
export const authorCommentPages: LoaderFactory<PageLoader<string, null, AuthorCommentRow>> = ({ db }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 2,
    find: (accountIds, _, range) => selectAuthorCommentPages(db, accountIds, range),
  });

/** Whether accounts have their comments listed. */
export const listsComments: LoaderFactory<DataLoader<string, boolean>> = ({ db }) =>
  new DataLoader(async (accountIds) => {
    const listing = new Set((await selectListingAccounts(db, accountIds)).map(({ id }) => id));
    return accountIds.map((id) => listing.has(id));
  });
