import DataLoader from 'dataloader';
import { SharedViewer } from '../../../platform/auth/viewer.ts';
import { keyText } from '../../comments/thread/comment.loader.ts';
import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import type { LoaderFactory, LoadScope } from '../../../platform/graphql/context.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowsBy } from '../../../platform/graphql/row-loader.ts';
import {
  type CommentReporter,
  type ReportRow,
  selectReportCounts,
  selectReportedBy,
  selectReportersOf,
  selectReportPages,
  selectReportPagesBy,
} from './report-list.queries.ts';
import { selectReporters } from './reporter.queries.ts';

/** Pages of a comment's reports, for moderators: no rule of this loader. */
export const reportPages: LoaderFactory<PageLoader<CommentKey, 'NEWEST', ReportRow>> = ({ db }) =>
  pageLoader({
    cursorScope: (key) => `reports:${keyText(key)}`,
    cursorKeys: ['id'],
    find: (keys, _order, range) => selectReportPages(db, keys, range),
  });

/** Pages of an account's reports; of the viewer's own, whatever account is requested. */
export const ownReportPages: LoaderFactory<PageLoader<string, 'NEWEST', ReportRow>> = ({ db, viewer }) =>
  pageLoader({
    cursorScope: (accountId) => `ownReports:${accountId}`,
    cursorKeys: ['id'],
    find: (accountIds, _order, range) =>
      Promise.all(
        accountIds.map(async (accountId) => {
          const nothing = { rows: [], behind: false };
          if (viewer?.accountId !== accountId) return nothing;
          return (await selectReportPagesBy(db, [accountId], range))[0] ?? nothing;
        }),
      ),
  });

/**
 * The accounts that have reported a comment: the viewer if it has, or all of them where the result is shared by many viewers. A
 * report has no event of the article, so that answers with this are kept only until anything is committed.
 */
export const reportersForViewer: LoaderFactory<DataLoader<CommentKey, readonly string[], string>> = (scope) =>
  new DataLoader<CommentKey, readonly string[], string>(
    async (keys) => {
      const byComment = new Map<string, string[]>();
      for (const row of await selectFor(scope, keys))
        byComment.set(keyText(row), [...(byComment.get(keyText(row)) ?? []), row.accountId]);
      return keys.map((key) => byComment.get(keyText(key)) ?? []);
    },
    { cacheKeyFn: keyText },
  );

/** The most reports of several comments together for which a result is shared; with more, each viewer gets a separate result. */
const maxSharedReports = 10_000;

async function selectFor({ db, viewer }: LoadScope, keys: readonly CommentKey[]): Promise<CommentReporter[]> {
  if (!viewer) return [];
  if (viewer instanceof SharedViewer) {
    const all = await selectReportersOf(db, keys, maxSharedReports + 1);
    if (all.length <= maxSharedReports) return all;
  }
  return selectReportedBy(db, viewer.accountId, keys);
}

/** Accounts as reporters, by id. */
export const reporterById = rowsBy(selectReporters, ({ accountId }) => accountId);

const countsBy = (column: 'account_id' | 'subject_id') =>
  rowsBy(
    (db, ids: readonly string[]) => selectReportCounts(db, column, ids),
    ({ accountId }) => accountId,
  );

/** Numbers of the reports that an account has made. */
export const reportsMadeBy = countsBy('account_id');

/** Numbers of the reports of comments that an account has written. */
export const reportsReceivedBy = countsBy('subject_id');
