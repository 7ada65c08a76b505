import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { encodeCursor } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { type OutgoingMailRow, selectOutgoingMailPage } from './outgoing-mail.queries.ts';

const cursorScope = (): string => 'mails';

/** The cursor of a row in the list of mails. */
export const outgoingMailCursor = ({ sortKeys }: OutgoingMailRow): string =>
  encodeCursor(cursorScope(), sortKeys);

/** Pages of the list of all mails. */
export const outgoingMailPages: LoaderFactory<PageLoader<null, null, OutgoingMailRow>> = ({ db }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 3,
    find: async (_, __, range) => [await selectOutgoingMailPage(db, range)],
  });
