import DataLoader from 'dataloader';
import { type LogPage, type LogRange, pageOf, sequenceBefore } from '../../../platform/events/log-page.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { selectSiteLogPart } from './site-log.queries.ts';

/** A request for one page of the site's log. */
export interface SitePageKey extends LogRange {
  /** The most events. */
  readonly limit: number;
}

/** Pages of the site's log, one statement for each different page. */
export const siteEventPage: LoaderFactory<DataLoader<SitePageKey, LogPage, string>> = ({ db }) =>
  new DataLoader<SitePageKey, LogPage, string>(
    (keys) =>
      Promise.all(
        keys.map(async (key) => pageOf(await selectSiteLogPart(db, sequenceBefore(key), key.limit), key)),
      ),
    { cacheKeyFn: ({ after = '', begin, limit }) => `${limit}:${begin}:${after}` },
  );
