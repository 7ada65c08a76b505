import DataLoader from 'dataloader';
import { keptBySite, type LoaderFactory } from '../../platform/graphql/context.ts';
import { scopeHash } from '../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../platform/graphql/page-loader.ts';
import { rowsBy } from '../../platform/graphql/row-loader.ts';
import { selectSettings, type SettingsRow } from './screening.queries.ts';
import { selectArticleScreening } from './settings-write.queries.ts';
import { countWords, type ListedWordRow, selectWordPage, selectWords } from './word.queries.ts';

/** The site's slow mode, which everybody sees: a trigger raises the site revision when it changes. */
export const siteSlowModeSeconds = keptBySite(async (db) => (await selectSettings(db)).slowModeSeconds);

/** The site's settings. */
export const siteSettings: LoaderFactory<DataLoader<'all', SettingsRow>> = ({ db }) =>
  new DataLoader(async (keys) => {
    const settings = await selectSettings(db);
    return keys.map(() => settings);
  });

/** What articles ask instead of the site, by article. */
export const screeningByArticleId = rowsBy(selectArticleScreening, (row) => row.articleId);

export const wordById = rowsBy(selectWords, (row) => row.id);

/** Pages of the list of words that contain a folded text; empty: of all. */
export const wordPages: LoaderFactory<PageLoader<string, null, ListedWordRow>> = ({ db }) =>
  pageLoader({
    cursorScope: (part) => `words:${scopeHash(part)}`,
    cursorKeys: ['id'],
    find: (parts, _, range) => Promise.all(parts.map((part) => selectWordPage(db, part, range))),
  });

/** Lengths of those lists. */
export const wordCount: LoaderFactory<DataLoader<string, number>> = ({ db }) =>
  new DataLoader((parts) => Promise.all(parts.map((part) => countWords(db, part))));
