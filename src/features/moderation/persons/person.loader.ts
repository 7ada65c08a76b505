import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { rowsBy } from '../../../platform/graphql/row-loader.ts';
import { type CommentCountsRow, selectCommentCounts, selectPersons } from './person.queries.ts';

/** Accounts as moderators see them, by id. */
export const personById = rowsBy(selectPersons, (row) => row.id);

/** Numbers of the comments of accounts. */
export const commentCountsByPersonId: LoaderFactory<DataLoader<string, CommentCountsRow>> = ({ db }) =>
  new DataLoader(async (ids) => {
    const byId = new Map((await selectCommentCounts(db, ids)).map((row) => [row.personId, row]));
    return ids.map((id) => byId.get(id) ?? new Error('An account was not counted'));
  });
