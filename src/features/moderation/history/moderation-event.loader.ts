import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { logPages } from '../../../platform/graphql/log-pages.ts';
import { scopeHash } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowsBy } from '../../../platform/graphql/row-loader.ts';
import { selectModerationEventsBySequence } from '../../../platform/screening/moderation-log.queries.ts';
import { moderationLog } from '../../../platform/screening/moderation-log.ts';
import { type HistoryRow, type HistoryScope, selectHistoryPage } from './moderation-history.queries.ts';

/** Events of the log of moderation, by their numbers; undefined: it was pruned. For moderators alone. */
export const moderationEventBySequence = rowsBy(selectModerationEventsBySequence, ({ sequence }) => sequence);

/** Who reads a list, where it is not the same for all: a shared viewer is asked for its identity only there. */
const readerOf = ({ subject }: HistoryScope, viewer: Viewer | null): string =>
  subject.about === 'ACTOR' ? (viewer?.accountId ?? '0') : '0';

/** Pages of the log of moderation. */
export const moderationEventPage = logPages(moderationLog);

/** Pages of lists of the log of moderation, newest first. For moderators alone. */
export const historyPages: LoaderFactory<PageLoader<HistoryScope, 'NEWEST', HistoryRow>> = ({ db, viewer }) =>
  pageLoader({
    cursorScope: (scope) => `moderation:${scopeHash(scope)}`,
    cursorKeys: ['sequence'],
    find: (scopes, _order, range) =>
      Promise.all(scopes.map((scope) => selectHistoryPage(db, scope, readerOf(scope, viewer), range))),
  });
