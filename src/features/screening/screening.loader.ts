import DataLoader from 'dataloader';
import { keptBySite, type LoaderFactory } from '../../platform/graphql/context.ts';
import { encodeCursor, scopeHash } from '../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../platform/graphql/page-loader.ts';
import { rowLoader } from '../../platform/graphql/row-loader.ts';
import { selectSettings, type SettingsRow } from './screening.queries.ts';
import { type ArticleScreeningRow, selectArticleScreening } from './settings-write.queries.ts';
import { countWords, type ListedWordRow, selectWordPage, selectWords, type WordRow } from './word.queries.ts';

/** The site's slow mode, which everybody sees: a trigger raises the site revision when it changes. */
export const siteSlowModeSeconds = keptBySite(async (db) => (await selectSettings(db)).slowModeSeconds);

/** The site's settings. */
export const siteSettings: LoaderFactory<DataLoader<'all', SettingsRow>> = ({ db }) =>
  new DataLoader(async (keys) => {
    const settings = await selectSettings(db);
    return keys.map(() => settings);
  });

/** What articles ask instead of the site, by article. */
export const screeningByArticleId: LoaderFactory<DataLoader<string, ArticleScreeningRow | undefined>> = ({
  db,
}) =>
  rowLoader(
    (ids) => selectArticleScreening(db, ids),
    (row) => row.articleId,
  );

export const wordById: LoaderFactory<DataLoader<string, WordRow | undefined>> = ({ db }) =>
  rowLoader(
    (ids) => selectWords(db, ids),
    (row) => row.id,
  );

const cursorScope = (part: string): string => `words:${scopeHash(part)}`;

/** The cursor of an entry in the list of words that contain a folded text. */
export const wordCursor = (part: string, { id }: ListedWordRow): string =>
  encodeCursor(cursorScope(part), [id]);

/** Pages of the list of words that contain a folded text; empty: of all. */
export const wordPages: LoaderFactory<PageLoader<string, null, ListedWordRow>> = ({ db }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 1,
    find: (parts, _, range) => Promise.all(parts.map((part) => selectWordPage(db, part, range))),
  });

/** Lengths of those lists. */
export const wordCount: LoaderFactory<DataLoader<string, number>> = ({ db }) =>
  new DataLoader((parts) => Promise.all(parts.map((part) => countWords(db, part))));
