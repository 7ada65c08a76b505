import DataLoader from 'dataloader';
import { type LogPage, type LogPageKey, readLogPages } from '../events/log-page.ts';
import type { NumberedLog } from '../events/numbered-log.ts';
import type { LoaderFactory } from './context.ts';

/** Loads pages of logs of one kind. */
export const logPages =
  (log: NumberedLog): LoaderFactory<DataLoader<LogPageKey, LogPage, string>> =>
  ({ db }) =>
    new DataLoader<LogPageKey, LogPage, string>(
      async (keys) => {
        const pages = await readLogPages(db, log, keys);
        return pages.map((page, index) => page ?? new Error(`There is no log ${keys[index]?.key}`));
      },
      { cacheKeyFn: ({ key, after = '', begin, limit }) => `${key}:${limit}:${begin}:${after}` },
    );
