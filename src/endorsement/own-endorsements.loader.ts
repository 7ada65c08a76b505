import type { LoaderFactory } from '../graphql/context.ts';
import { encodeCursor } from '../graphql/page.ts';
import { type PageLoader, pageLoader } from '../graphql/page-loader.ts';
import {
  type OwnEndorsementRow,
  selectOwnEndorsementCount,
  selectOwnEndorsementPage,
} from './own-endorsements.queries.ts';

const cursorScope = (accountId: string): string => `ownEndorsements:${accountId}`;

/** The cursor of a row among one's own endorsements. */
export function ownEndorsementCursor(accountId: string, row: OwnEndorsementRow): string {
  return encodeCursor(cursorScope(accountId), [row.ordinal, row.id]);
}

/** Pages of the viewer's own endorsements; nobody else's, whatever account is asked for. */
export const ownEndorsementPages: LoaderFactory<PageLoader<string, null, OwnEndorsementRow>> = ({
  db,
  viewer,
}) =>
  pageLoader({
    cursorScope,
    cursorKeys: 2,
    find: (accountIds, _, range) =>
      Promise.all(
        accountIds.map(async (accountId) =>
          viewer?.accountId === accountId
            ? selectOwnEndorsementPage(db, viewer, range)
            : { rows: [], behind: false },
        ),
      ),
  });

/** Counts the viewer's own endorsements. */
export const ownEndorsementCount: LoaderFactory<() => Promise<number>> =
  ({ db, viewer }) =>
  async () =>
    viewer ? selectOwnEndorsementCount(db, viewer) : 0;
