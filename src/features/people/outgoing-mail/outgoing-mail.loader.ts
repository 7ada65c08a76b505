import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { type OutgoingMailRow, selectOutgoingMailPage } from './outgoing-mail.queries.ts';

/** Pages of the list of all mails. */
export const outgoingMailPages: LoaderFactory<PageLoader<null, null, OutgoingMailRow>> = ({ db }) =>
  pageLoader({
    cursorScope: () => 'mails',
    cursorKeys: ['microseconds', 'firstHalf', 'secondHalf'],
    find: async (_, __, range) => [await selectOutgoingMailPage(db, range)],
  });
