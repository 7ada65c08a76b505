import type DataLoader from 'dataloader';
import { countLoader, totalLoader } from '../../../platform/graphql/count-loader.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import {
  type ListedTagRow,
  selectTagCounts,
  selectTagPage,
  selectTags,
  selectTagsByName,
  selectTagTotal,
  type TagRow,
} from './tag.queries.ts';

type TagLoader = LoaderFactory<DataLoader<string, TagRow | undefined>>;

export const tagById: TagLoader = ({ db }) =>
  rowLoader(
    (ids) => selectTags(db, ids),
    (row) => row.id,
  );

/** Tags by normalised name. */
export const tagByName: TagLoader = ({ db }) =>
  rowLoader(
    (names) => selectTagsByName(db, names),
    (row) => row.name,
  );

/** Number of published articles with a tag. */
export const articleCountByTagId: LoaderFactory<DataLoader<string, number>> = ({ db }) =>
  countLoader((ids) => selectTagCounts(db, ids));

/** The length of the list of all tags. */
export const tagTotal: LoaderFactory<DataLoader<'all', number>> = ({ db }) =>
  totalLoader(() => selectTagTotal(db));

/** Pages of the list of all tags. */
export const tagPages: LoaderFactory<PageLoader<null, null, ListedTagRow>> = ({ db }) =>
  pageLoader({
    cursorScope: () => 'tags',
    cursorKeys: ['usage', 'id'],
    find: async (_, __, range) => [await selectTagPage(db, range)],
  });
